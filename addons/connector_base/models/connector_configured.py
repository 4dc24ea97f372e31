from odoo import api, models

from ..engine.config_file import FORMAT
from ..engine.masking import is_secret_name
from .connector_audited import edited_fields

#: JSON columns whose keys are ids of records, several with commas between -> the model.
KEYED_BY_ID = {"analytic_distribution": "account.analytic.account"}


class ConnectorConfigured(models.AbstractModel):
    """For models that say how the connectors work: they move as files.

    Naming the file and the key is all that an addon does: all that people can edit
    travels, records that are referred to by what they are called. What stays is named
    by :meth:`_config_left_out`, with the reason. Without a file a model is part of the
    record that ``_config_owner`` names, and written with it.
    """

    _name = "connector.configured"
    _description = "Connector Configured"

    #: Name of the file, in the folder of the connection where that is the owner.
    _config_file = None
    #: Fields by which a record is known in another database, beside its owner.
    _config_key = ("name",)
    #: Field of the connection, or the record, that it is a part of.
    _config_owner = None
    #: Read-only fields that a record is made with and keeps.
    _config_made_with = ()
    #: Whether the owner makes them itself: they are changed only.
    _config_by_owner = False
    #: Whether one that the files don't have stays in any case.
    _config_stays = False
    #: The lower, the earlier it is made: before what refers to it.
    _config_order = 50

    # -- which fields ---------------------------------------------------------

    @api.model
    def _config_candidates(self):
        """Names of all fields that people can edit."""
        return {
            name
            for name in edited_fields(self)
            if self._fields[name].type
            not in ("binary", "properties", "properties_definition")
        }

    @api.model
    def _config_left_out(self):
        """``{field: why it doesn't travel}``; extend it."""
        reasons = {}
        for name in self._config_candidates():
            field = self._fields[name]
            if is_secret_name(name):
                reasons[name] = "secrets are entered in each database"
            elif field.comodel_name == "res.partner":
                reasons[name] = "customers are data, and personal"
            elif field.type == "one2many" and self._is_file_of(field):
                reasons[name] = "it has files of its own"
        return reasons

    def _is_file_of(self, field):
        part = self.env[field.comodel_name]
        return bool(
            getattr(part, "_config_file", None)
            and part._config_owner == field.inverse_name
        )

    @api.model
    def _config_parts(self):
        """``{one2many field: model of its records}`` of what is written along."""
        found = {}
        for name in self._config_candidates() - self._config_left_out().keys():
            field = self._fields[name]
            if field.type != "one2many":
                continue
            part = self.env[field.comodel_name]
            if getattr(part, "_config_owner", None) == field.inverse_name:
                found[name] = part
        return dict(sorted(found.items()))

    @api.model
    def _config_fields(self):
        """Names of the fields that travel, without parts: the key first, then by name.

        :return: list
        """
        names = self._config_candidates() - self._config_left_out().keys()
        names = {name for name in names if self._fields[name].type != "one2many"}
        first = [*self._config_key, *self._config_made_with]
        return first + sorted(names - {*first, self._config_owner})

    # -- which records --------------------------------------------------------

    @api.model
    def _config_records(self, connections, companies):
        """The records that belong to connections, those that were switched off too.

        What names no connection belongs to its company, and to all without one.
        """
        known = self.with_context(active_test=False)
        if self._config_owner == "connection_id":
            return known.search([("connection_id", "in", connections.ids)])
        domain = []
        if "company_id" in self._fields:
            domain.append(("company_id", "in", [*companies.ids, False]))
        found = known.search(domain)
        for name in ("connection_id", "connection_ids"):
            if name in self._fields:
                found = found.filtered(lambda r, n=name: r[n] <= connections)
        return found

    def _config_path(self):
        """The file of the record, in the folder of its connection if it has one."""
        return self._config_file

    def _config_is_single(self):
        """Whether each record has a file of its own."""
        return self._config_owner == "connection_id" and not self._config_key

    # -- documents ------------------------------------------------------------

    def _config_documents(self):
        """What the records say, keyed by technical names.

        :return: ``{id: {field: JSON value}}``, parts as lists of the same
        """
        records = self.sudo().with_context(lang=None, active_test=False)
        documents = {record.id: {} for record in records}
        for name in self._config_fields():
            for record_id, value in records._config_values(name).items():
                documents[record_id][name] = value
        for name, part in self._config_parts().items():
            lines = records[name]
            said = lines._config_documents()
            for record in records:
                documents[record.id][name] = sorted(
                    (said[line.id] for line in record[name]),
                    key=part._config_sort_key,
                )
        return documents

    @api.model
    def _config_key_of(self, document):
        """What tells a record from others of its owner; texts, to be compared."""
        return tuple(as_text(document.get(name)) for name in self._config_key)

    @api.model
    def _config_sort_key(self, document):
        return self._config_key_of(document), as_text(document)

    def _config_values(self, name):
        """``{id: JSON value}`` of one field; see ``connector.config.reference``."""
        field = self._fields[name]
        if field.relational:
            return self.env["connector.config.reference"]._of_field(self, name)
        if name in KEYED_BY_ID:
            return self.env["connector.config.reference"]._of_keys(
                self, name, KEYED_BY_ID[name]
            )
        return {record.id: plain(field, record[name]) for record in self}

    @api.model
    def _config_file_of(self, documents):
        """Documents of one file as what stands in it."""
        if self._config_is_single():
            (values,) = documents
            return {"format": FORMAT, "model": self._name, "values": values}
        records = sorted(documents, key=self._config_sort_key)
        return {"format": FORMAT, "model": self._name, "records": records}

    def _config_information(self):
        """What a file says for its readers only; an import doesn't look at it.

        :return: ``{name: JSON value}``
        """
        return {}

    def _config_title(self):
        """What people call the record, in the list of differences."""
        return self.display_name or self._description

    def _config_company(self):
        """The company in which what it names is looked for."""
        return self.company_id if "company_id" in self._fields else self.env.company

    # -- made here ------------------------------------------------------------

    @api.model
    def _config_refused(self, values, connection):
        """Why no record can be made of a document, or be as it says, in one sentence.

        :param values: the document, as it is spelled here
        :param connection: the owner of what is of one, which may be about to be made
        """
        return None

    def _config_made(self):
        """What follows when an import has made these records."""


def plain(field, value):
    """A value of a field that refers to nothing, as JSON has it; times are in UTC."""
    if field.type == "boolean":
        return bool(value)
    if field.type in ("integer", "float", "monetary"):
        return value or 0
    if field.type == "datetime":
        return f"{value.isoformat()}Z" if value else None
    if field.type == "date":
        return value.isoformat() if value else None
    return value or None


def as_text(value):
    """A JSON value as text that can be sorted, the same for the same value."""
    if isinstance(value, dict):
        return ", ".join(f"{key}={as_text(value[key])}" for key in sorted(value))
    if isinstance(value, list):
        return "; ".join(as_text(item) for item in value)
    return "" if value is None else str(value)
