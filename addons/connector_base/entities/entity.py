import difflib

from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from ..engine.fields import EntityField
from ..engine.financial import FINANCIAL_MODELS
from ..engine.masking import mask_payload
from ..engine.normalize import country_code, fold
from ..service_user import to_write

#: Target of a field map's line that is a stored field of the Odoo model itself.
ODOO_PREFIX = "odoo."
#: Type of an Odoo field -> type of entity field that fills it.
KIND_OF_TTYPE = {
    "char": "char",
    "text": "text",
    "html": "text",
    "integer": "integer",
    "float": "decimal",
    "monetary": "money",
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    # These by a value map of their own, unless the line looks its records up.
    "many2one": "value",
    "many2many": "values",
    # By technical value or label, or by a value map of its own.
    "selection": "choice",
}
#: Model of the options that a selection's value map points to.
OPTIONS_MODEL = "ir.model.fields.selection"
#: Fields that a map never fills: the connection decides on the company.
NOT_FOR_MAPS = frozenset({*models.MAGIC_COLUMNS, "company_id"})
#: From how many records of a model on names are compared exactly only.
SUGGEST_MOST = 5000
#: Likeness of two names from which on one is suggested for the other (difflib's ratio).
SUGGEST_RATIO = 0.6
#: What a batch is written with: the log of the connector tells what changed, so that a
#: first load neither fills the chatter nor mails anybody.
CREATE_CONTEXT = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
}
WRITE_CONTEXT = {"mail_auto_subscribe_no_notify": True, "active_test": False}


class ConnectorEntity(models.AbstractModel):
    """The entity contract: what a customer, a product, a deal is in Odoo.

    An entity is an abstract model ``connector.entity.<name>`` that inherits this one.
    It declares its fields and turns batches of canonical records into Odoo records. It
    never speaks HTTP and knows no vendor.
    """

    _name = "connector.entity"
    _description = "Connector Entity"

    #: Odoo model that holds the records.
    _entity_model = None
    #: Whose exceptions they are: one of ``connector.exception._selection_domain``.
    _entity_domain = "general"
    #: Odoo fields of a record with its worth in the company's currency, its customer.
    _amount_field = None
    _partner_field = None
    #: Odoo fields whose values say nothing to who reads the log: nested ones.
    _unlogged_fields = frozenset()
    #: Whether its records are people, or may be: one that is erased isn't taken again.
    _about_person = False
    #: ``relations`` (customers, deals, tickets) or ``billing`` (products, orders,
    #: invoices, payments): the halves that the ownership presets of a set-up know.
    _entity_area = "relations"

    # -- declaration ----------------------------------------------------------

    @api.model
    def _entity_name(self):
        return self._name.removeprefix("connector.entity.")

    @api.model
    def _entities_of(self, model):
        """Names of the entities that are records of an Odoo model."""
        return [
            name.removeprefix("connector.entity.")
            for name in self.env.registry
            if name.startswith("connector.entity.")
            and self.env[name]._entity_model == model
        ]

    def _entity_fields(self):
        """:return: list of ``EntityField``"""
        return []

    def _entity_field(self, target):
        """The field that a map's line points to, or ``None``.

        ``odoo.<name>`` is any stored field of the Odoo model that holds a plain value
        or records, custom fields included, and those of the record that it inherits
        from, as a variant from its product; what Odoo computes itself is readonly.
        """
        if not target.startswith(ODOO_PREFIX):
            return {field.name: field for field in self._entity_fields()}.get(target)
        field = self.env[self._entity_model]._fields.get(
            target.removeprefix(ODOO_PREFIX)
        )
        if (
            field is None
            or not field.base_field.store
            or field.type not in KIND_OF_TTYPE
            or field.name in NOT_FOR_MAPS
        ):
            return None
        kind = KIND_OF_TTYPE[field.type]
        mapped = kind in ("value", "values", "choice")
        return EntityField(
            name=target,
            kind=kind,
            label=field.string,
            odoo_field=field.name,
            readonly=bool(field.compute and field.readonly),
            value_map=f"{ODOO_PREFIX}{self._entity_model}.{field.name}"
            if mapped
            else None,
            relation=(field.comodel_name or OPTIONS_MODEL) if mapped else None,
        )

    def _fields_by_odoo_name(self):
        return {
            field.odoo_field: field
            for field in self._entity_fields()
            if field.odoo_field
        }

    def _owners(self, owner_by_field):
        """``{Odoo field: owner}`` from the owners of a map's entity fields.

        Extend it where an Odoo field is made of several entity fields.
        """
        owners = {}
        for name, owner in owner_by_field.items():
            field = self._entity_field(name)
            if field and field.odoo_field:
                owners[field.odoo_field] = owner
        return owners

    def _watched_fields(self, targets):
        """Odoo fields whose change means that these entity fields may have changed.

        Extend it where an entity field is read from others than it is written to.

        :param targets: names of entity fields, as the targets of a map's lines
        """
        return set(self._owners(dict.fromkeys(targets, "odoo")))

    def _eligible_domain(self):
        """Which Odoo records may be sent as records of this entity; extend it.

        :return: ``Domain``; those of other companies never
        """
        known = self.env[self._entity_model]._fields
        domain = Domain.TRUE
        if "company_id" in known:
            domain &= Domain("company_id", "in", [False, self.env.company.id])
        if "active" in known:
            domain &= Domain("active", "=", True)
        return domain

    def _may_be_made(self, row):
        """Whether one that the vendor doesn't have may be made there; extend it.

        What is eligible but may not be made goes on being told once it is known.

        :param row: ``{Odoo field: value}`` as read
        """
        return row.get("active", True)

    # -- after the merge, and after the last page -----------------------------

    def _check_changes(self, run, batch):
        """Hold known records whose changes Odoo must not take; extend it.

        :param batch: list of ``connector_mapper.Mapped``, merged: ``values`` are what
            would be written; add a ``Problem`` to hold one
        """

    def _after_write(self, run, done):
        """Do what follows from records that were written and bound; extend it.

        In the transaction that wrote them, once for a batch. Nothing is held any more:
        a ``Problem`` that is added must not be blocking.

        :param done: list of ``connector_mapper.Mapped``
        """

    def _after_pull(self, run):
        """Look at what can only be judged when all that a pull brings is in; extend it.

        :param run: ``connector_pull.Run`` of the flow that was pulled
        """

    # -- what an exception says about a record --------------------------------

    def _label_of(self, mapped):
        """What people call a record that could not be taken."""
        return mapped.canonical.get("name")

    def _amount_of(self, mapped):
        """What is at stake with a record that could not be taken; extend it.

        :return: ``(Decimal, ISO 4217 code or None for the account's own currency)``, or
            ``None``
        """
        return None

    def _partner_id_of(self, mapped):
        """The Odoo id of its customer, if that is known by now; extend it."""
        return mapped.values.get(self._partner_field) if self._partner_field else None

    def _kept_payload(self, flow, values):
        """What of a record that could not be taken is kept for whoever settles it.

        Extend it where a record holds what must not be kept.

        :param values: the payload as it came
        """
        return mask_payload(values)

    def _blocks_closing(self, problem):
        """Whether the books can't be closed as long as it is open; extend it."""
        return False

    def _period_field(self):
        """The entity field whose date decides into which period a record falls."""
        return None

    def _closed_period(self, company, date):
        """Why nothing may be booked on a date, as a sentence; extend it.

        :return: ``None`` where the date lies in an open period
        """
        return None

    # -- write ----------------------------------------------------------------

    def _create_records(self, vals_list):
        """Create records in one batch; :return: recordset in the same order"""
        model = self.env[self._entity_model].with_context(**CREATE_CONTEXT)
        made = to_write(model).create([self._commands(vals) for vals in vals_list])
        return made.with_env(model.env)

    def _write_records(self, record_ids, vals):
        """Write the same values to records."""
        model = self.env[self._entity_model].with_context(**WRITE_CONTEXT)
        to_write(model).browse(record_ids).write(self._commands(vals))

    def _may(self, right):
        """Whether the connectors may do that with such records at all.

        :param right: ``create`` or ``write``
        """
        return to_write(self.env[self._entity_model]).has_access(right)

    def _commands(self, vals):
        """Lists of ids as the command that sets them."""
        return {
            name: [Command.set(value)] if isinstance(value, list) else value
            for name, value in vals.items()
        }

    def _archive_records(self, record_ids):
        # Odoo asks whether something active needs a record: not what is archived.
        context = {**WRITE_CONTEXT, "active_test": True}
        model = self.env[self._entity_model].with_context(**context)
        records = model.browse(record_ids).exists()
        if "active" in records._fields:
            to_write(records).write({"active": False})

    def _restored_values(self):
        """What brings an archived record back."""
        model = self.env[self._entity_model]
        return {"active": True} if "active" in model._fields else {}

    # -- value maps -----------------------------------------------------------

    def _suggest_value(self, line):
        """Guess what a vendor's value means in Odoo.

        :param line: ``connector.value.map.line``
        :return: ``(record, certain)``, or ``None``; certain ones are taken without
            asking, an empty certain record means "leave empty"
        """
        model = self.env[line.res_model].sudo()
        if line.res_model == "res.users":
            email = (line.hints or {}).get("email")
            users = self._users_by_email(email) if email else model
            return (users, True) if len(users) == 1 else None
        certain = line.res_model not in FINANCIAL_MODELS
        known = self._option_of_hint(line) or self._record_of_code(line)
        if known:
            return known, certain
        label = fold(line.remote_label or line.remote_value)
        names = self._suggestable(line, model)
        if label in names:
            return names[label], certain
        close = difflib.get_close_matches(label, names, n=1, cutoff=SUGGEST_RATIO)
        return (names[close[0]], False) if close else None

    def _option_of_hint(self, line):
        """The option that the provider knows a value to mean, or ``None``."""
        option = (line.hints or {}).get("option")
        if not option or line.res_model != OPTIONS_MODEL:
            return None
        domain = Domain(self._value_domain(line)) & Domain("value", "=", option)
        return self.env[line.res_model].sudo().search(domain, limit=1)

    def _record_of_code(self, line):
        """The country or currency that a value names, or ``None``."""
        text = line.remote_label or line.remote_value
        if line.res_model == "res.country":
            code = country_code(text)
        elif line.res_model == "res.currency":
            code = text.strip().upper()
        else:
            return None
        name = "code" if line.res_model == "res.country" else "name"
        return self.env[line.res_model].search([(name, "=", code or "")], limit=1)

    def _suggestable(self, line, model):
        """``{folded name: record}`` of what a line's value may mean."""
        domain = Domain(self._value_domain(line))
        if model.search_count(domain, limit=SUGGEST_MOST + 1) > SUGGEST_MOST:
            label = escape_psql(line.remote_label or line.remote_value)
            domain &= Domain("display_name", "=ilike", label)
            records = model.search(domain, limit=2)
            # Of several of one name none is meant more than the others.
            records = records if len(records) == 1 else model
        else:
            records = model.search(domain)
        return {fold(record.display_name): record for record in records}

    def _value_domain(self, line):
        """Which Odoo records a value map's line may point to."""
        if line.res_model == OPTIONS_MODEL:
            model, _dot, name = line.map_id.name.removeprefix(ODOO_PREFIX).rpartition(
                "."
            )
            return [("field_id.model", "=", model), ("field_id.name", "=", name)]
        if line.res_model == "res.users":
            return [("share", "=", False)]
        company = line.map_id.connection_id.company_id
        return self._company_domain(self.env[line.res_model], company)

    def _company_domain(self, model, company):
        """Which records of a model a company may use."""
        if {"company_id", "company_ids"} & model._fields.keys():
            return Domain(model._check_company_domain(company))
        return Domain.TRUE

    def _users_by_email(self, email):
        """Internal users with that address as login or e-mail; never made."""
        return self.env["res.users"].search(
            [
                "&",
                ("share", "=", False),
                "|",
                ("login", "=ilike", escape_psql(email)),
                ("email_normalized", "=", email.lower()),
            ]
        )
