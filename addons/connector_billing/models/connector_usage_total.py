from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.connector_base.engine.render import decimal_of

from ..engine import usage
from .connector_billing_price import AGGREGATIONS


class ConnectorUsageTotal(models.Model):
    """What was used of an item in a period and not told before: one row each time.

    A row goes to the billing system as it is and never changes. What comes late makes
    another one: of sums it is what is added, of the highest and the latest the new
    value, where there is one.
    """

    _name = "connector.usage.total"
    _description = "Usage"
    _inherit = ["connector.bound.mixin"]
    _order = "period_start desc, item_id, sequence desc"

    item_id = fields.Many2one(
        "connector.subscription.item",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    subscription_id = fields.Many2one(
        related="item_id.subscription_id", store=True, index=True
    )
    connection_id = fields.Many2one(
        related="item_id.subscription_id.connection_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="item_id.subscription_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="item_id.subscription_id.partner_id")
    meter = fields.Char(readonly=True)
    period_start = fields.Datetime(string="Period From", readonly=True)
    period_end = fields.Datetime(string="Period To", readonly=True)
    sequence = fields.Integer(string="Number", readonly=True, aggregator=None)
    aggregation = fields.Selection(
        AGGREGATIONS, string="Counts As", required=True, readonly=True
    )
    quantity = fields.Float(
        readonly=True, digits=0, min_display_digits="Product Unit", aggregator=None
    )
    event_count = fields.Integer(string="Events", readonly=True)
    last_at = fields.Datetime(string="Until", required=True, readonly=True)
    is_late = fields.Boolean(
        string="Late", readonly=True, help="Its period was over when it was counted."
    )
    event_ids = fields.One2many("connector.usage.event", "total_id")

    _part_uniq = models.UniqueIndex(
        "(item_id, COALESCE(period_start, '1970-01-01'::timestamp), sequence)",
        "Usage is counted once.",
    )

    @api.depends("item_id", "period_start")
    def _compute_display_name(self):
        for total in self:
            day = total.period_start and total.period_start.date()
            total.display_name = f"{total.item_id.display_name}, {day or ''}"

    @api.model
    def _count(self, events):
        """Sum events up, each item and period in a row of its own.

        :param events: events whose item is known and that no row has yet
        """
        now = fields.Datetime.now()
        groups = {}
        periods = self._periods_of(events)
        for event in events.sorted(lambda e: (e.occurred_at, e.id)):
            key = (event.item_id, *periods.get(event.id, (False, False)))
            groups.setdefault(key, []).append(event)
        items = events.item_id
        known = self._known(items)
        vals_list, counted, covered = [], [], []
        for (item, start, end), found in groups.items():
            before = known.get((item.id, start), self)
            aggregation = item.price_id.aggregation or "sum"
            quantity = self._new_quantity(aggregation, before, found)
            if quantity is None:
                # The highest, or a later one, was told before.
                covered.append((before[-1:], found))
                continue
            counted.append(found)
            vals_list.append(
                {
                    "item_id": item.id,
                    "meter": item.price_id.meter,
                    "period_start": start,
                    "period_end": end,
                    "sequence": len(before) + 1,
                    "aggregation": aggregation,
                    "quantity": float(quantity),
                    "event_count": len(found),
                    "last_at": max(event.occurred_at for event in found),
                    "is_late": bool(end and end <= now),
                }
            )
        pairs = [*zip(self.create(vals_list), counted, strict=True), *covered]
        for total, found in pairs:
            ids = [event.id for event in found]
            events.browse(ids).write({"total_id": total.id, "state": "counted"})

    def _new_quantity(self, aggregation, before, events):
        """What has to be told of new events; ``None`` for nothing."""
        new = usage.combined(aggregation, [decimal_of(e.quantity) for e in events])
        if aggregation == "max" and before:
            return new if new > decimal_of(max(before.mapped("quantity"))) else None
        if aggregation == "last" and before:
            return (
                new if events[-1].occurred_at > max(before.mapped("last_at")) else None
            )
        return new

    def _known(self, items):
        """``{(item id, period start): rows in order}``"""
        found = {}
        for total in self.search([("item_id", "in", items.ids)], order="sequence"):
            key = (total.item_id.id, total.period_start)
            found[key] = found.get(key, self) | total
        return found

    def _periods_of(self, events):
        """``{event id: (start, end) of the period that it falls in}``

        The subscription's own period, or that of the version that held then.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.id, p.period_start, p.period_end
                  FROM connector_usage_event e
                  JOIN connector_subscription_item i ON i.id = e.item_id
                 CROSS JOIN LATERAL (
                    SELECT period_start, period_end FROM (
                        SELECT s.period_start, s.period_end, s.id + 0 AS ranked
                          FROM connector_subscription s
                         WHERE s.id = i.subscription_id
                         UNION ALL
                        SELECT v.period_start, v.period_end, v.id
                          FROM connector_subscription_version v
                         WHERE v.subscription_id = i.subscription_id
                    ) AS periods
                     WHERE period_start <= e.occurred_at AND e.occurred_at < period_end
                     ORDER BY period_start DESC LIMIT 1
                 ) AS p
                 WHERE e.id = ANY(%s)
                """,
                events.ids,
            )
        )
        return {event_id: (start, end) for event_id, start, end in rows}


class ConnectorSubscriptionItem(models.Model):
    """What an item has used in the period that is running, before it is billed."""

    _inherit = "connector.subscription.item"

    usage_quantity = fields.Float(
        string="Used",
        compute="_compute_usage",
        min_display_digits="Product Unit",
        help="In the present period.",
    )
    included_quantity = fields.Float(
        string="Included", compute="_compute_usage", min_display_digits="Product Unit"
    )
    overage_quantity = fields.Float(
        string="Overage", compute="_compute_usage", min_display_digits="Product Unit"
    )
    usage_amount = fields.Monetary(
        string="Usage So Far",
        compute="_compute_usage",
        help="What it will be billed at its price, without discounts and taxes.",
    )

    @api.depends("metered", "price_id")
    def _compute_usage(self):
        totals = self.env["connector.usage.total"]
        metered = self.filtered("metered")
        known = totals._known(metered) if metered else {}
        for item in self:
            start = item.subscription_id.period_start
            rows = (
                known.get((item._origin.id, start), totals) if item.metered else totals
            )
            price = item.price_id
            quantity = usage.combined(
                price.aggregation or "sum",
                [decimal_of(row.quantity) for row in rows],
            )
            tiers = price._tiers()
            free = usage.included(tiers)
            item.usage_quantity = float(quantity)
            item.included_quantity = float(free)
            item.overage_quantity = (
                float(max(quantity - free, 0)) if item.metered else 0
            )
            unit = decimal_of(price.amount or item.unit_amount)
            amount = usage.priced(quantity, unit, tiers, price.billing_scheme)
            item.usage_amount = float(amount) if item.metered else 0.0
