from odoo import models
from odoo.tools import SQL

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.matching import Method
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL
from odoo.addons.connector_base.entities.entity_match import Facts


class ConnectorEntityTrade(models.AbstractModel):
    """What leads, deal lines, prices, quotes, orders and contracts share."""

    _name = "connector.entity.trade"
    _inherit = "connector.entity"
    _description = "Connector Entity: Trade"

    _entity_domain = "crm"
    #: Entity field without an Odoo field of its own -> Odoo fields that keep its value.
    _kept_in = {}
    #: Odoo fields that Odoo computes anew where others change: written as they come.
    _computed_anew = ()
    #: Odoo field whose value tells a record, its entity field, and what people call it.
    _match_column = None
    _match_target = None

    # -- declaration ----------------------------------------------------------

    def _owner_field(self):
        return EntityField(
            "owner",
            "value",
            self.env._("Owner"),
            "user_id",
            value_map="owner",
            relation="res.users",
            on_unmapped="empty",
        )

    def _choice_field(self, name, label, odoo_field, **options):
        """A field of kind choice, with the value map of any such field of Odoo."""
        return EntityField(
            name,
            "choice",
            label,
            odoo_field,
            value_map=f"odoo.{self._entity_model}.{odoo_field}",
            relation=OPTIONS_MODEL,
            **options,
        )

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_fields in self._kept_in.items():
            if name in owner_by_field:
                for odoo_field in odoo_fields:
                    owners.setdefault(odoo_field, owner_by_field[name])
        return owners

    def _sources(self, field, targets):
        return self._kept_in.get(field.name) or super()._sources(field, targets)

    # -- into Odoo ------------------------------------------------------------

    def _write_records(self, record_ids, vals):
        model = self.env[self._entity_model]
        kept = [model._fields[name] for name in self._computed_anew if name not in vals]
        with self.env.protecting(kept, model.browse(record_ids)):
            super()._write_records(record_ids, vals)

    def _currency_rows(self, run):
        """``{ISO 4217 code: (Odoo id, whether it is active)}``, once a run."""
        if "currency_rows" not in run.tables:
            currencies = self.env["res.currency"].with_context(active_test=False)
            run.tables["currency_rows"] = {
                currency.name: (currency.id, currency.active)
                for currency in currencies.search_fetch([], ["name", "active"])
            }
        return run.tables["currency_rows"]

    def _currency_id(self, run, mapped):
        """The currency of a record; without one of its own that of the account.

        :return: Odoo id, or ``None`` where Odoo doesn't use it; notes the problem: an
            amount is never counted in another currency
        """
        code = (mapped.canonical.get("currency") or "").upper()
        if not code:
            connection = run.connection
            own = connection.currency_id or connection.company_id.currency_id
            code = own.name
        currency_id, active = self._currency_rows(run).get(code, (None, False))
        if currency_id and active:
            return currency_id
        mapped.problems.append(
            Problem(
                "mapping",
                "inactive_currency" if currency_id else "unknown_currency",
                field="currency",
                cause=code,
                params={"currency": code},
                shared=True,
            )
        )
        return None

    def _company_currency(self, run):
        return run.connection.company_id.currency_id

    def _round(self, currency_id, amount):
        """An amount as its currency is counted: ``Decimal`` in, float out."""
        currency = self.env["res.currency"].browse(currency_id)
        return currency.round(float(amount or 0))

    def _referred_id(self, run, lookups, mapped, name, blocking=True):
        """The Odoo id of a reference that is no Odoo field of its own, or ``None``.

        Notes a problem where Odoo doesn't have the record yet.

        :param blocking: whether the record waits for it, or is taken without
        """
        field = self._entity_field(name)
        remote_id = mapped.canonical.get(name) or None
        found = lookups.references.get((field.reference, remote_id))
        if remote_id and not found:
            mapped.problems.append(
                self._unresolved_reference(run, field, remote_id, blocking)
            )
        return found

    def _missing(self, mapped, name):
        """Hold a record that lacks what it can't be without."""
        field = self._entity_field(name)
        mapped.problems.append(
            Problem(
                "validation",
                "required_missing",
                field=name,
                params={"label": field.label},
            )
        )

    # -- out of Odoo ----------------------------------------------------------

    def _currency_code(self, run, currency_id):
        codes = run.tables.get("currency_codes")
        if codes is None:
            rows = self._currency_rows(run)
            codes = {row[0]: code for code, row in rows.items()}
            run.tables["currency_codes"] = codes
        return codes.get(currency_id)

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if "currency" in out.wanted:
            code = self._currency_code(run, out.row["currency_id"])
            out.canonical["currency"] = code

    def _outgoing_context_fields(self):
        known = self.env[self._entity_model]._fields
        names = super()._outgoing_context_fields()
        return [*names, "currency_id"] if "currency_id" in known else names

    # -- match ----------------------------------------------------------------

    def _match_methods(self):
        methods = super()._match_methods()
        if self._match_column:
            label = self._entity_field(self._match_target).label.lower()
            methods = [*methods, Method("external_id", label, weight=97)]
        return methods

    def _match_facts(self, run, mapped):
        facts = super()._match_facts(run, mapped)
        if self._match_column:
            facts.ref = mapped.canonical.get(self._match_target) or None
        return facts

    def _match_eligible(self, run):
        """SQL: which Odoo records, called ``r``, a remote one may be; extend it."""
        return SQL(
            "%s AND %s", self._match_of_company(run, "r"), self._match_free(run, "r")
        )

    def _match_read(self, run, ids):
        if not self._match_column:
            return super()._match_read(run, ids)
        model = self.env[self._entity_model]
        active = (
            SQL.identifier("r", "active") if "active" in model._fields else SQL("TRUE")
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT r.id, %s, %s FROM %s r WHERE r.id IN %s AND %s",
                SQL.identifier("r", self._match_column),
                active,
                SQL.identifier(model._table),
                tuple(ids),
                self._match_eligible(run),
            )
        )
        return {
            res_id: Facts(name=ref or "", ref=ref, active=bool(active))
            for res_id, ref, active in rows
        }

    def _match_keys_external_id(self, remote):
        return (remote.ref,) if remote.ref else ()

    def _match_find_external_id(self, run, rule, keys):
        model = self.env[self._entity_model]
        model.flush_model()
        column = SQL.identifier(self._match_column)
        return self.env.execute_query(
            SQL(
                "SELECT %s, id FROM %s WHERE %s = ANY(%s)",
                column,
                SQL.identifier(model._table),
                column,
                keys,
            )
        )
