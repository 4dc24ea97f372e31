from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.fields import EntityField
from ..engine.matching import Method
from .entity_match import Facts

#: Entity field -> Odoo field that holds it in the company's currency.
PRICE_FIELDS = {"price": "list_price", "cost": "standard_price"}


class ConnectorEntityProduct(models.AbstractModel):
    """A product that is sold: a product variant in Odoo."""

    _name = "connector.entity.product"
    _inherit = "connector.entity"
    _description = "Connector Entity: Product"

    _entity_model = "product.product"
    _entity_area = "billing"
    _entity_takes_objects = True

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("name", "char", _("Name"), "name", required=True),
            EntityField("sku", "char", _("Internal Reference"), "default_code"),
            EntityField("price", "money", _("Sales Price"), lenient=True),
            EntityField("cost", "money", _("Cost"), lenient=True),
            EntityField("currency", "currency", _("Currency")),
            EntityField(
                "description", "text", _("Sales Description"), "description_sale"
            ),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_field in PRICE_FIELDS.items():
            if name in owner_by_field:
                owners[odoo_field] = owner_by_field[name]
        return owners

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("sale_ok", "=", True)

    def _unsure_fields(self, idle):
        names = super()._unsure_fields(idle)
        return names | set(PRICE_FIELDS) if "currency" in idle else names

    def _derive(self, run, lookups, mapped):
        """Prices of an Odoo product are in its company's currency."""
        currency = mapped.canonical.get("currency") or None
        for name, odoo_field in PRICE_FIELDS.items():
            if name in mapped.canonical:
                amount, _currency = self._company_amount(
                    run, mapped, name, mapped.canonical[name], currency
                )
                mapped.values[odoo_field] = amount or 0.0

    # -- out of Odoo ----------------------------------------------------------

    def _sources(self, field, targets):
        if "currency" in targets and field.name in ("currency", *PRICE_FIELDS):
            # A price means nothing without its currency: they go together.
            return tuple(PRICE_FIELDS.values())
        if field.name in PRICE_FIELDS:
            return (PRICE_FIELDS[field.name],)
        return super()._sources(field, targets)

    def _derive_outgoing(self, run, lookups, out):
        own = run.connection.company_id.currency_id
        told = "currency" in out.wanted
        wanted = own if told else run.connection.currency_id or own
        if told:
            out.canonical["currency"] = own.name
        for name, odoo_field in PRICE_FIELDS.items():
            if name in out.wanted:
                out.canonical[name] = self._outgoing_amount(
                    run, out, name, out.row[odoo_field], own, wanted
                )

    # -- match ----------------------------------------------------------------

    def _match_methods(self):
        return [
            *super()._match_methods(),
            Method("external_id", self.env._("internal reference"), weight=97),
        ]

    def _match_facts(self, run, mapped):
        get = mapped.canonical.get
        return Facts(name=get("name") or "", ref=get("sku") or None)

    def _match_read(self, run, ids):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.default_code, p.active AND t.active
                  FROM product_product p JOIN product_template t
                    ON t.id = p.product_tmpl_id
                 WHERE p.id IN %s AND %s AND %s
                """,
                tuple(ids),
                self._match_of_company(run, "t"),
                self._match_free(run, "p"),
            )
        )
        return {
            res_id: Facts(ref=ref, active=bool(active)) for res_id, ref, active in rows
        }

    def _match_keys_external_id(self, remote):
        return (remote.ref,) if remote.ref else ()

    def _match_find_external_id(self, run, rule, keys):
        self.env["product.product"].flush_model(["default_code", "active"])
        return self.env.execute_query(
            SQL(
                "SELECT default_code, id FROM product_product"
                " WHERE default_code = ANY(%s)",
                keys,
            )
        )
