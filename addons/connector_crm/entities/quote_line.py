from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.service_user import as_service

from .quote import OPEN_STATES


class ConnectorEntityTradeLine(models.AbstractModel):
    """What lines of quotes and of orders share: both are lines of sales orders.

    They are never matched, only bound: two that say the same are two.
    """

    _name = "connector.entity.trade.line"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Line of a Quote or Order"

    #: Entity, and name of the field, of the document that a line belongs to.
    _document = None

    def _entity_fields(self):
        _ = self.env._
        name, label = self._document, self._document_label()
        return [
            *super()._entity_fields(),
            EntityField(
                name, "reference", label, "order_id", required=True, reference=name
            ),
            EntityField(
                "product",
                "reference",
                _("Product"),
                "product_id",
                required=True,
                reference="product",
            ),
            EntityField("name", "text", _("Description"), "name"),
            EntityField("quantity", "decimal", _("Quantity"), "product_uom_qty"),
            EntityField("unit_price", "money", _("Unit Price"), "price_unit"),
            EntityField("discount", "decimal", _("Discount (%)"), "discount"),
            EntityField("sequence", "integer", _("Sequence"), "sequence"),
        ]

    def _document_label(self):
        raise NotImplementedError

    def _eligible_domain(self):
        """Lines of products: no sections, no notes, no down payments."""
        return (
            super()._eligible_domain()
            & Domain("display_type", "=", False)
            & Domain("is_downpayment", "=", False)
            & Domain("product_id", "!=", False)
        )


class ConnectorEntityQuoteLine(models.AbstractModel):
    """A line of a quote."""

    _name = "connector.entity.quote.line"
    _inherit = "connector.entity.trade.line"
    _description = "Connector Entity: Quote Line"

    _entity_model = "sale.order.line"
    _document = "quote"
    _computed_anew = (
        *("name", "price_unit", "discount", "product_uom_id", "product_uom_qty"),
        "technical_price_unit",
    )

    def _document_label(self):
        return self.env._("Quote")

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("state", "in", OPEN_STATES)

    def _amount_of(self, mapped):
        price = mapped.canonical.get("unit_price")
        quantity = mapped.canonical.get("quantity")
        return (price * quantity, None) if price and quantity else None

    # -- into Odoo ------------------------------------------------------------

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if not vals.get("name"):
            # Odoo calls it as it calls the product.
            vals.pop("name", None)
        if canonical.get("quantity", 1) is None:
            vals["product_uom_qty"] = 1.0
        if not mapped.binding:
            # What isn't told of a new line is no discount, not that of a pricelist.
            vals.setdefault("discount", 0.0)

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._check_open([m for m in batch if not m.held and not m.binding])

    def _check_changes(self, run, batch):
        super()._check_changes(run, batch)
        self._check_open([m for m in batch if m.values and not m.held])

    def _create_records(self, vals_list):
        models = self.env["account.analytic.distribution.model"].sudo()
        if models.search_count([], limit=1):
            return super()._create_records(vals_list)
        # Odoo would look for a model of each line, twice; there are none.
        return super()._create_records(
            [{"analytic_distribution": False} | vals for vals in vals_list]
        )

    def _check_open(self, batch):
        """Hold lines of what a person has confirmed: nothing is added or changed."""
        if not batch:
            return
        lines = self.env["sale.order.line"].browse(
            mapped.record_id for mapped in batch if mapped.record_id
        )
        orders = {line.id: line.order_id for line in lines}
        wanted = self.env["sale.order"].browse(
            {m.values["order_id"] for m in batch if m.values.get("order_id")}
        )
        by_id = {order.id: order for order in wanted}
        for mapped in batch:
            of_line = orders.get(mapped.record_id, wanted.browse())
            of_vals = by_id.get(mapped.values.get("order_id"), wanted.browse())
            closed = (of_line | of_vals).filtered(
                lambda order: order.state not in OPEN_STATES
            )
            if closed:
                mapped.problems.append(
                    Problem(
                        "validation",
                        "quote_confirmed",
                        details={"order": closed[0].display_name},
                    )
                )

    def _archive_records(self, record_ids):
        """A line that is gone there is gone; one of an order is not."""
        lines = self.env["sale.order.line"].browse(record_ids).exists()
        for order in lines.order_id:
            if order.state not in OPEN_STATES:
                raise UserError(
                    self.env._(
                        "A line of the quote of %s was deleted in the other system,"
                        " but it is a confirmed order here. Change the order, or ignore"
                        " this.",
                        order.display_name,
                    )
                )
        as_service(lines).unlink()

    def _after_pull(self, run):
        super()._after_pull(run)
        self.env["connector.entity.quote"]._check_totals(run)
