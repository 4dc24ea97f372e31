from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem

#: Entity field -> Odoo field that it is read from, where it has none of its own.
SOURCES = {"item": "item_id", "customer": "subscription_id", "price": "item_id"}


class ConnectorEntityBillingUsage(models.AbstractModel):
    """What was used, on its way to the billing system: it goes out, never in."""

    _name = "connector.entity.billing.usage"
    _inherit = "connector.entity"
    _description = "Connector Entity: Usage"

    _entity_model = "connector.usage.total"
    _entity_domain = "billing"
    _entity_area = "billing"

    def _entity_fields(self):
        _ = self.env._

        def outgoing(*args, **options):
            return EntityField(*args, readonly=True, **options)

        return [
            *super()._entity_fields(),
            outgoing(
                "subscription",
                "reference",
                _("Subscription"),
                "subscription_id",
                reference="billing.subscription",
            ),
            outgoing(
                "customer", "reference", _("Customer"), reference="billing.customer"
            ),
            outgoing("price", "reference", _("Price"), reference="billing.price"),
            outgoing("item", "char", _("Item")),
            outgoing("meter", "char", _("Meter"), "meter"),
            outgoing("aggregation", "char", _("Counts As"), "aggregation"),
            outgoing("quantity", "decimal", _("Quantity"), "quantity"),
            outgoing("occurred_at", "datetime", _("Used Until"), "last_at"),
            outgoing("period_start", "datetime", _("Period From"), "period_start"),
            outgoing("period_end", "datetime", _("Period To"), "period_end"),
        ]

    def _sources(self, field, targets):
        source = SOURCES.get(field.name)
        return (source,) if source else super()._sources(field, targets)

    def _referred_by(self, run, row, references):
        own = [field for field in references if field.odoo_field]
        found = super()._referred_by(run, row, own)
        return found | {f.name: [] for f in references if not f.odoo_field}

    def _referred(self, run, batch, references):
        super()._referred(run, batch, references)
        names = {field.name for field in references}
        ids = [out.row["item_id"] for out in batch]
        items = self.env["connector.subscription.item"].browse(ids)
        for out, item in zip(batch, items, strict=True):
            if "customer" in names:
                out.referred["customer"] = item.subscription_id.partner_id.ids
            if "price" in names:
                out.referred["price"] = item.price_id.ids

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "item_id"]

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "item" in out.wanted:
            item = self.env["connector.subscription.item"].browse(out.row["item_id"])
            out.canonical["item"] = item.remote_ref

    def _to_odoo(self, run, batch):
        """Usage is counted in Odoo: what a vendor tells of it is held."""
        super()._to_odoo(run, batch)
        for mapped in batch:
            if not mapped.record_id:
                mapped.problems.append(Problem("validation", "create_not_allowed"))
