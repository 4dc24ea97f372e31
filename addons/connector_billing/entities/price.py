from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField


class ConnectorEntityBillingPrice(models.AbstractModel):
    """What one of a product costs, and how often it is billed."""

    _name = "connector.entity.billing.price"
    _inherit = "connector.entity.billing.terms"
    _description = "Connector Entity: Billing Price"

    _entity_model = "connector.billing.price"
    _unlogged_fields = frozenset({"tier_data"})
    #: What has no Odoo field of the same kind: read from, and written to.
    _kept_in = {"tiers": "tier_data", "is_active": "active"}

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "product",
                "reference",
                _("Product"),
                "product_id",
                required=True,
                reference="product",
            ),
            EntityField("name", "char", _("Name"), "name"),
            EntityField("currency", "currency", _("Currency")),
            EntityField("amount", "money", _("Unit Price"), "amount"),
            self._choice_field("interval", _("Billed Every"), "interval"),
            EntityField("interval_count", "integer", _("Intervals"), "interval_count"),
            EntityField("metered", "boolean", _("By Usage"), "metered"),
            self._choice_field("billing_scheme", _("Scheme"), "billing_scheme"),
            self._choice_field("aggregation", _("Usage Counts As"), "aggregation"),
            EntityField("tiers", "structure", _("Tiers")),
            EntityField("is_active", "boolean", _("Active")),
            EntityField("meter", "char", _("Meter"), "meter"),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_field in self._kept_in.items():
            if name in owner_by_field:
                owners[odoo_field] = owner_by_field[name]
        return owners

    def _label_of(self, mapped):
        get = mapped.canonical.get
        return get("name") or f"{get('amount') or ''} {get('currency') or ''}".strip()

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if "tiers" in canonical:
            tiers = canonical["tiers"]
            vals["tier_data"] = {"tiers": tiers} if tiers else False
        if canonical.get("is_active") is not None:
            vals["active"] = canonical["is_active"]
        if not vals.get("interval_count"):
            vals.pop("interval_count", None)
        for name in ("billing_scheme", "aggregation"):
            if not vals.get(name):
                # Nothing told: as most prices are.
                vals.pop(name, None)

    # -- out of Odoo ----------------------------------------------------------

    def _eligible_domain(self):
        """Archived ones, too: a price isn't deleted, it is sold no more."""
        domain = Domain("company_id", "=", self.env.company.id)
        return domain & Domain("active", "in", [True, False])

    def _is_archived(self, row):
        return False

    def _sources(self, field, targets):
        if field.name in self._kept_in:
            return (self._kept_in[field.name],)
        if field.name == "amount":
            return ("amount", "tier_data")
        return super()._sources(field, targets)

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "tiers" in out.wanted:
            out.canonical["tiers"] = (out.row["tier_data"] or {}).get("tiers") or []
        if "is_active" in out.wanted:
            out.canonical["is_active"] = bool(out.row["active"])
        if "amount" in out.wanted and out.row["tier_data"]:
            out.canonical["amount"] = None
