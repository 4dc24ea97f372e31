from odoo import models
from odoo.tools import SQL

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.matching import Method
from odoo.addons.connector_base.entities.entity_match import Facts

#: Structures that together are the terms.
TERMS = ("items", "discounts", "phases")
#: Parts of an item that refer to records of other streams -> key of the Odoo id.
REFERRED = {"product": "product_id", "price": "price_id"}
ENTITY_OF = {"product": "product", "price": "billing.price"}


class ConnectorEntityBillingSubscription(models.AbstractModel):
    """A subscription: what its customer has agreed to be billed for, again and again.

    Items, discounts and phases are one value to the merge: the terms. Products and
    prices among them are looked up for a whole batch; an item whose product Odoo
    doesn't have is kept by its description, and the missing one is reported.
    """

    _name = "connector.entity.billing.subscription"
    _inherit = "connector.entity.billing.terms"
    _description = "Connector Entity: Subscription"

    _entity_model = "connector.subscription"
    _partner_field = "partner_id"
    #: Nested values say nothing to who reads a log: versions tell them in words.
    _unlogged_fields = frozenset({"terms", "wanted", "remote_changed_at"})

    def _entity_fields(self):
        _ = self.env._
        moments = (
            ("started_at", _("Started")),
            ("period_start", _("Period From")),
            ("period_end", _("Period To")),
            ("trial_start", _("Trial From")),
            ("trial_end", _("Trial Ends")),
            ("cancel_at", _("Ends On")),
            ("cancelled_at", _("Cancelled")),
            ("ended_at", _("Ended")),
            ("paused_at", _("Paused Since")),
            ("resumes_at", _("Goes On")),
            ("renewal_at", _("Renewal")),
        )
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Number"), "number"),
            EntityField(
                "customer",
                "reference",
                _("Customer"),
                "partner_id",
                required=True,
                reference="billing.customer",
            ),
            self._choice_field("status", _("Status"), "status", required=True),
            EntityField("currency", "currency", _("Currency")),
            *(EntityField(name, "datetime", text, name) for name, text in moments),
            EntityField("cancel_reason", "char", _("Reason"), "cancel_reason"),
            EntityField("items", "structure", _("Items")),
            EntityField("discounts", "structure", _("Discounts")),
            EntityField("phases", "structure", _("Upcoming")),
            self._choice_field("collection", _("Collected"), "collection"),
            EntityField("order_key", "char", _("Our Key"), "order_key"),
            EntityField("event", "char", _("Last Event"), "event"),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name in TERMS:
            if name in owner_by_field:
                owners.setdefault("terms", owner_by_field[name])
        return owners

    def _label_of(self, mapped):
        return mapped.canonical.get("number")

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._refer(run, [mapped for mapped in batch if "terms" in mapped.values])

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if not vals.get("collection"):
            vals.pop("collection", None)
        if "order_key" in vals and not vals["order_key"]:
            # Not every vendor tells it again; it stays what it was.
            vals.pop("order_key")
        if mapped.record.updated_at:
            moment = mapped.record.updated_at.replace(tzinfo=None, microsecond=0)
            vals["remote_changed_at"] = moment
        if canonical.get("items") is not None:
            vals["terms"] = {name: canonical.get(name) or [] for name in TERMS}

    def _refer(self, run, batch):
        """Put the Odoo ids of products and prices into the items of a batch."""
        bindings = self.env["connector.binding"]
        wanted = {name: set() for name in REFERRED}
        for mapped in batch:
            for item in self._all_items(mapped.values["terms"]):
                for name in REFERRED:
                    if item.get(name):
                        wanted[name].add(item[name])
        found = {
            name: bindings._res_ids(run.connection, ENTITY_OF[name], ids)
            for name, ids in wanted.items()
        }
        for mapped in batch:
            terms = mapped.values["terms"]
            mapped.values["terms"] = {
                "items": [self._referring(item, found) for item in terms["items"]],
                "discounts": terms["discounts"],
                "phases": [
                    {
                        **phase,
                        "items": [self._referring(i, found) for i in phase["items"]],
                    }
                    for phase in terms["phases"]
                ],
            }
            self._note_missing(run, mapped, found)

    def _all_items(self, terms):
        yield from terms["items"]
        for phase in terms["phases"]:
            yield from phase["items"]

    def _referring(self, item, found):
        ids = {key: found[name].get(item.get(name)) for name, key in REFERRED.items()}
        return {**item, **ids}

    def _note_missing(self, run, mapped, found):
        missing = {
            item["product"]
            for item in mapped.values["terms"]["items"]
            if item.get("product") and item["product"] not in found["product"]
        }
        label = self.env._("Product")
        field = EntityField("items", "reference", label, reference="product")
        for remote_id in sorted(missing):
            problem = self._unresolved_reference(run, field, remote_id, False)
            mapped.problems.append(problem)

    def _nested_references(self, run, record):
        yield from super()._nested_references(run, record)
        for line in run.compiled.lines:
            found = line.get(record.values) if line.field.name == "items" else None
            for item in found if isinstance(found, list) else ():
                for name, entity in ENTITY_OF.items():
                    if item.get(name):
                        yield entity, item[name]

    def _check_changes(self, run, batch):
        super()._check_changes(run, batch)
        for mapped in batch:
            if mapped.values.keys() <= {"remote_changed_at"}:
                # When it changed is of interest where something did.
                mapped.values.pop("remote_changed_at", None)

    # -- match ----------------------------------------------------------------

    def _match_methods(self):
        return [
            *super()._match_methods(),
            Method("order_key", self.env._("our key of the order"), weight=99),
        ]

    def _match_facts(self, run, mapped):
        get = mapped.canonical.get
        return Facts(name=get("number") or "", ref=get("order_key") or None)

    def _match_keys_order_key(self, remote):
        return (remote.ref,) if remote.ref else ()

    def _match_find_order_key(self, run, rule, keys):
        self.env["connector.subscription"].flush_model(["order_key"])
        return self.env.execute_query(
            SQL(
                "SELECT order_key, id FROM connector_subscription"
                " WHERE connection_id = %s AND order_key = ANY(%s)",
                run.connection.id,
                keys,
            )
        )

    def _match_read(self, run, ids):
        rows = self.env.execute_query(
            SQL(
                "SELECT s.id, s.order_key FROM connector_subscription s"
                " WHERE s.id IN %s AND %s",
                tuple(ids),
                self._match_free(run, "s"),
            )
        )
        return {res_id: Facts(ref=ref) for res_id, ref in rows}
