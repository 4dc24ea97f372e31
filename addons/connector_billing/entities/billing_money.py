from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL


class ConnectorEntityBillingMoney(models.AbstractModel):
    """What payments, refunds, disputes, balance transactions and payouts share.

    The record is taken as it comes. What keeps its documents from being made is
    reported, and doesn't keep the record itself: it is as the vendor has it.
    """

    _name = "connector.entity.billing.money"
    _inherit = "connector.entity"
    _description = "Connector Entity: Money"

    _entity_area = "billing"
    _entity_domain = "billing"
    #: Entity field of kind reference -> Odoo field that keeps the vendor's id, so that
    #: records may come in any order.
    _kept_refs = {}
    #: Entity field of kind currency -> Odoo field.
    _currencies = {"currency": "currency_id"}
    #: Odoo fields on which documents depend that are never changed.
    _booked_fields = ("amount", "currency_id")

    # -- declaration ----------------------------------------------------------

    def _choice_field(self, name, label, **options):
        return EntityField(
            name,
            "choice",
            label,
            name,
            value_map=f"odoo.{self._entity_model}.{name}",
            relation=OPTIONS_MODEL,
            **options,
        )

    def _finance_targets(self):
        own = {field.name for field in self._entity_fields()}
        return super()._finance_targets() | own

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_field in (self._kept_refs | self._currencies).items():
            if name in owner_by_field:
                owners.setdefault(odoo_field, owner_by_field[name])
        return owners

    def _sources(self, field, targets):
        kept = (self._kept_refs | self._currencies).get(field.name)
        return (kept,) if kept else super()._sources(field, targets)

    # -- what an exception says -----------------------------------------------

    def _label_of(self, mapped):
        return mapped.record.remote_id

    def _amount_of(self, mapped):
        amount = mapped.canonical.get("amount")
        return (amount, mapped.canonical.get("currency")) if amount else None

    def _blocks_closing(self, problem):
        # Money that has moved and is not in the books.
        return True

    def _closed_period(self, company, date):
        policies = self.env["connector.billing.policy"].sudo()
        policy = policies.search([("company_id", "=", company.id)], limit=1)
        locks = company._get_violated_lock_dates(
            date, False, policy.clearing_journal_id
        )
        if not locks:
            return None
        return self.env._("The books are closed until %s.", locks[-1][0])

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._know_from_files(run, [m for m in batch if not m.record_id])

    def _know_from_files(self, run, unbound):
        """Records that a settlement file has brought already are the same ones."""
        if not unbound:
            return
        known = self.env[self._entity_model]._by_remote_id(
            run.connection, [mapped.record.remote_id for mapped in unbound]
        )
        for mapped in unbound:
            if mapped.record.remote_id in known:
                mapped.record_id = known[mapped.record.remote_id].id

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        vals["connection_id"] = run.connection.id
        vals["remote_id"] = mapped.record.remote_id
        for name, odoo_field in self._kept_refs.items():
            if name in canonical:
                vals[odoo_field] = canonical[name] or False
        for name, odoo_field in self._currencies.items():
            if name in canonical:
                code = (canonical[name] or "").upper()
                vals[odoo_field] = code and self._currency_id(run, mapped, name, code)

    def _currency_id(self, run, mapped, name, code):
        """A currency, also one that Odoo doesn't use yet: that keeps the booking."""
        currency = self._currency_table(run).get(code)
        if currency:
            return currency.id
        mapped.problems.append(
            Problem(
                "mapping",
                "no_rate",
                field=name,
                cause=code,
                params={"currency": code, "company": run.connection.company_id.name},
                shared=True,
            )
        )
        return False

    def _check_changes(self, run, batch):
        """Hold what would change after it was booked: nothing posted is altered."""
        super()._check_changes(run, batch)
        changed = [
            m for m in batch if any(name in m.changes for name in self._booked_fields)
        ]
        mirrors = self.env[self._entity_model].browse(m.record_id for m in changed)
        for mapped, mirror in zip(changed, mirrors, strict=True):
            if not mirror._documents():
                continue
            fields = [n for n in self._booked_fields if n in mapped.changes]
            labels = [mirror._fields[n]._description_string(self.env) for n in fields]
            mapped.problems.append(
                Problem(
                    "conflict",
                    "money_changed",
                    details={
                        "name": mirror.display_name,
                        "fields": ", ".join(labels),
                    },
                )
            )

    # -- what follows ---------------------------------------------------------

    def _after_write(self, run, done):
        """Link, and book what is due."""
        super()._after_write(run, done)
        mirrors = self.env[self._entity_model].browse(m.record_id for m in done)
        self._take_nested(run, done)
        mirrors._link_all(run.connection)
        problems = mirrors._book()
        for mapped in done:
            if mapped.record_id in problems:
                mapped.problems.append(problems[mapped.record_id])

    def _take_nested(self, run, done):
        """Keep what the vendor nests in rows of their own; extend it."""
