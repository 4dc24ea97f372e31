import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import recurring, versions
from .connector_billing_price import INTERVALS
from .connector_subscription import STATUSES

VERSION_KINDS = [
    ("new", "New"),
    ("taken_over", "Taken Over"),
    ("activation", "Begun"),
    ("trial_end", "Trial Over"),
    ("upgrade", "Upgrade"),
    ("downgrade", "Downgrade"),
    ("quantity", "Other Quantity"),
    ("price", "Other Price"),
    ("discount", "Other Discount"),
    ("renewal", "Renewal"),
    ("pause", "Paused"),
    ("resume", "Goes On"),
    ("suspension", "Suspended"),
    ("payment_failed", "Payment Failed"),
    ("recovery", "Paid Again"),
    ("cancellation_planned", "Cancellation Planned"),
    ("cancellation_withdrawn", "Cancellation Withdrawn"),
    ("cancellation", "Cancelled"),
    ("reactivation", "Reactivated"),
    ("schedule", "Other Plan"),
    ("change", "Change"),
]
#: Kind of version -> fields that say since when it holds; the first that is known.
SINCE = {
    "new": ("started_at",),
    "taken_over": ("started_at",),
    "trial_end": ("trial_end",),
    "renewal": ("period_start",),
    "pause": ("paused_at",),
    "cancellation": ("ended_at", "cancelled_at"),
}
#: What was found later than that after its start was taken over, and is not new.
NEW_WITHIN = datetime.timedelta(days=1)
MOMENTS = (
    *("period_start", "period_end", "trial_end", "cancel_at"),
    *("paused_at", "resumes_at"),
)


class ConnectorSubscription(models.Model):
    """The versions of a subscription: what held when."""

    _inherit = "connector.subscription"

    #: What may make a version when it is written.
    _version_fields = frozenset({"status", "currency_id", "terms", *MOMENTS})

    version_ids = fields.One2many("connector.subscription.version", "subscription_id")
    version_count = fields.Integer(compute="_compute_version_count")
    version_state = fields.Json(readonly=True, copy=False)
    versioned_at = fields.Datetime(readonly=True, copy=False)

    @api.depends("version_ids")
    def _compute_version_count(self):
        counts = dict(
            self.env["connector.subscription.version"]._read_group(
                [("subscription_id", "in", self.ids)], ["subscription_id"], ["__count"]
            )
        )
        for one in self:
            one.version_count = counts.get(one, 0)

    def _state_now(self):
        """The state of a version as ``engine.versions`` compares it."""
        self.ensure_one()
        now = fields.Datetime.now().replace(tzinfo=datetime.UTC)
        items = self._items()
        worth = recurring.mrr("active", items, self._discounts(), now)
        return {
            "status": self.status,
            "currency": self.currency_id.name,
            "items": items,
            "discounts": self._discounts(),
            "phases": self._phases(),
            "worth": str(worth),
            **{
                name: self[name] and fields.Datetime.to_string(self[name])
                for name in MOMENTS
            },
        }

    def _make_versions(self):
        """Note what has become of those that are known to the billing system."""
        new = []
        for one in self.filtered(lambda s: s.status != "draft"):
            before, after = one.version_state or None, one._state_now()
            kind = versions.kind_of(before, after)
            if kind == "new" and one._was_running():
                kind = "taken_over"
            if kind:
                vals = one._version_vals(kind, before, after)
                new.append(vals)
                one.version_state = after
                one.versioned_at = vals["effective_from"]
        if new:
            self.env["connector.subscription.version"].sudo().create(new)

    def _was_running(self):
        """Whether it had begun long before Odoo heard of it first."""
        known = self.remote_changed_at or fields.Datetime.now()
        return bool(self.started_at and known - self.started_at > NEW_WITHIN)

    def _version_vals(self, kind, before, after):
        since = next(filter(None, (self[name] for name in SINCE.get(kind, ()))), None)
        since = since or self.remote_changed_at or fields.Datetime.now()
        last = self.versioned_at
        items = self.env["connector.subscription.item"]
        lines = [
            {
                name: value
                for name, value in items._vals_of(item, number).items()
                if name != "active"
            }
            for number, item in enumerate(after["items"])
        ]
        return {
            "subscription_id": self.id,
            # What came later is never before what came first.
            "effective_from": max(since, last) if last else since,
            "kind": kind,
            "summary": self._changes_in_words(kind, before or {}, after),
            "event": self.event,
            "status": self.status,
            "currency_id": self.currency_id.id,
            "mrr": self.mrr,
            "arr": self.arr,
            "period_start": self.period_start,
            "period_end": self.period_end,
            "discount_text": self.discount_text,
            "line_ids": [fields.Command.create(line) for line in lines],
        }

    def _changes_in_words(self, kind, before, after):
        """One sentence a change, for people."""
        _ = self.env._
        if kind == "taken_over":
            day = fields.Datetime.to_string(self.remote_changed_at or self.create_date)
            return _("As found on %s; what held before isn't known.", day[:10])
        if not before:
            return _("As agreed first.")
        names = versions.changed(before, after)
        found = []
        if "status" in names:
            labels = dict(self._fields["status"]._description_selection(self.env))
            found.append(
                _(
                    "Status: %(before)s → %(after)s",
                    before=labels[before["status"]],
                    after=labels[after["status"]],
                )
            )
        if "items" in names:
            found += self._items_in_words(before["items"], after["items"])
        labels = {
            "discounts": _("The discounts are others."),
            "phases": _("What is planned next is another."),
        }
        found += [text for name, text in labels.items() if name in names]
        for name in MOMENTS:
            if name in names:
                label = self._fields[name]._description_string(self.env)
                value = after[name] and after[name][:10]
                found.append(f"{label}: {value or _('no more')}")
        return "\n".join(found)

    def _items_in_words(self, before, after):
        _ = self.env._
        ours, theirs = ({i["id"]: i for i in items} for items in (before, after))
        intervals = dict(INTERVALS)
        found = []
        for ref in {**ours, **theirs}:
            old, new = ours.get(ref), theirs.get(ref)
            if old == new:
                continue
            texts = [one and self._item_in_words(one, intervals) for one in (old, new)]
            if old and new:
                pair = {"before": texts[0], "after": texts[1]}
                found.append(_("%(before)s → %(after)s", **pair))
            elif new:
                found.append(_("Added: %s", texts[1]))
            else:
                found.append(_("No more: %s", texts[0]))
        return found

    def _at(self, date):
        """The version that held on a date (at its end, UTC); none before the first.

        :param date: date, or a moment
        :return: ``connector.subscription.version``
        """
        self.ensure_one()
        if not isinstance(date, datetime.datetime):
            date = datetime.datetime.combine(date, datetime.time.max)
        return self.env["connector.subscription.version"].search(
            [("subscription_id", "=", self.id), ("effective_from", "<=", date)], limit=1
        )


class ConnectorSubscriptionVersion(models.Model):
    """What a subscription was from a moment on; can't be changed."""

    _name = "connector.subscription.version"
    _description = "Subscription Version"
    _order = "effective_from desc, id desc"
    _check_company_auto = True

    subscription_id = fields.Many2one(
        "connector.subscription", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="subscription_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="subscription_id.partner_id")
    effective_from = fields.Datetime(required=True)
    kind = fields.Selection(VERSION_KINDS, required=True)
    summary = fields.Text(string="What Changed")
    event = fields.Char(help="What the billing system says changed it.")
    status = fields.Selection(STATUSES, required=True)
    currency_id = fields.Many2one("res.currency", required=True)
    mrr = fields.Monetary(string="MRR", aggregator=None)
    arr = fields.Monetary(string="ARR", aggregator=None)
    period_start = fields.Datetime(string="Period From")
    period_end = fields.Datetime(string="Period To")
    discount_text = fields.Text(string="Discounts")
    line_ids = fields.One2many(
        "connector.subscription.version.line", "version_id", string="Items"
    )

    _subscription_idx = models.Index("(subscription_id, effective_from DESC, id DESC)")

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A version of a subscription can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A version of a subscription can't be deleted."))

    @api.depends("subscription_id.number", "effective_from")
    def _compute_display_name(self):
        for version in self:
            day = fields.Datetime.to_string(version.effective_from)[:10]
            version.display_name = f"{version.subscription_id.display_name}, {day}"


class ConnectorSubscriptionVersionLine(models.Model):
    """An item as it was in a version."""

    _name = "connector.subscription.version.line"
    _description = "Subscription Version Item"
    _order = "version_id, sequence, id"

    version_id = fields.Many2one(
        "connector.subscription.version", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="version_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="version_id.currency_id")
    sequence = fields.Integer()
    remote_ref = fields.Char(string="Remote ID")
    product_id = fields.Many2one("product.product", ondelete="set null")
    price_id = fields.Many2one("connector.billing.price", ondelete="set null")
    name = fields.Char(string="Description")
    quantity = fields.Float(min_display_digits="Product Unit")
    unit_amount = fields.Float(string="Unit Price", min_display_digits="Product Price")
    amount = fields.Float(min_display_digits="Product Price")
    interval = fields.Selection(INTERVALS, string="Billed Every")
    interval_count = fields.Integer(string="Intervals")
    metered = fields.Boolean(string="By Usage")
    charge = fields.Boolean(string="Once")

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A version of a subscription can't be changed."))

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A version of a subscription can't be deleted."))
