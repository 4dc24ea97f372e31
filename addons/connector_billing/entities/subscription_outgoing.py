from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem

from .subscription import ENTITY_OF, REFERRED, TERMS


class ConnectorEntityBillingSubscription(models.AbstractModel):
    """Subscriptions on their way out: to be started, or to be changed.

    What was agreed goes once, with a new one; from then on the billing system owns it,
    and Odoo asks for changes (``change``, see ``shapes.Change``).
    """

    _inherit = "connector.entity.billing.subscription"

    def _entity_fields(self):
        label = self.env._("Requested Change")
        return [*super()._entity_fields(), EntityField("change", "structure", label)]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "change" in owner_by_field:
            owners["wanted"] = owner_by_field["change"]
        return owners

    def _eligible_domain(self):
        known = Domain("status", "!=", "draft")
        return super()._eligible_domain() & (
            known | Domain("start_state", "=", "ready")
        )

    def _may_be_made(self, row):
        return row["status"] == "draft" and row["start_state"] == "ready"

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "status", "start_state", "terms"]

    def _sources(self, field, targets):
        if field.name in TERMS:
            return ("terms",)
        if field.name == "change":
            return ("wanted",)
        return super()._sources(field, targets)

    def _nested_referred(self, out):
        """``{entity: Odoo ids}`` of what has to be there before the record goes."""
        found = {entity: set() for entity in ENTITY_OF.values()}
        if not out.wanted.isdisjoint(TERMS):
            for item in (out.row["terms"] or {}).get("items") or ():
                for name, key in REFERRED.items():
                    if item.get(key):
                        found[ENTITY_OF[name]].add(item[key])
        return found

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        canonical, wanted = out.canonical, out.wanted
        if out.row["status"] == "draft":
            # The billing system says what it is, once it has begun.
            canonical.pop("status", None)
        terms = out.row["terms"] or {}
        if "items" in wanted:
            canonical["items"] = [
                self._outgoing_item(run, lookups, out, item)
                for item in terms.get("items") or ()
            ]
        for name in ("discounts", "phases"):
            if name in wanted:
                canonical[name] = terms.get(name) or None
        if "change" in wanted:
            canonical["change"] = out.row["wanted"] or None

    def _outgoing_item(self, run, lookups, out, item):
        """An item with the vendor's ids; notes a problem where it has none."""
        given = {n: v for n, v in item.items() if n not in REFERRED.values()}
        for name, key in REFERRED.items():
            record_id = item.get(key)
            if not record_id:
                continue
            given[name] = lookups.references.get((ENTITY_OF[name], record_id))
            if not given[name] and name == "price":
                out.problems.append(self._price_not_sent(run, record_id))
        return given

    def _price_not_sent(self, run, price_id):
        price = self.env["connector.billing.price"].browse(price_id).exists()
        return Problem(
            "missing_dependency",
            "parent_not_sent",
            field="items",
            params={
                "label": self.env._("Price"),
                "vendor": run.provider._provider_label,
            },
            details={"record": price.display_name or str(price_id)},
            depends_on=("billing.price", price_id),
        )
