from odoo import api, models

from .connector_configured import as_text
from .connector_value_map_json import LOCAL_MODULES, NATURAL_KEYS

#: Fields by which records are known in another database, where one is not enough or is
#: not their name. All others have an external id or their name.
KEYS = {
    **{model: (field,) for model, field in NATURAL_KEYS.items()},
    "account.payment.method.line": ("name", "journal_id.code", "payment_type"),
    "account.tax": ("name", "amount", "type_tax_use"),
    "connector.connection": ("provider", "name"),
    "connector.flow": ("connection_id.provider", "connection_id.name", "stream"),
    "connector.team": ("name",),
    "connector.service.level": ("name",),
    "ir.model.fields": ("model", "name"),
    "product.category": ("complete_name",),
    "product.product": ("default_code",),
    "res.company": ("name",),
}
#: Models whose companies say who may use them, not whose they are.
OF_NO_COMPANY = ("res.users", "res.company", "res.partner")


class ConnectorConfigReference(models.AbstractModel):
    """How files name records, so that another database finds its own ones.

    A text where one field tells (a code, a login, a name); ``{"xmlid": …}`` where an
    addon has made the record; an object of fields where it takes several of them, or
    where the record lacks its code.
    """

    _name = "connector.config.reference"
    _description = "Connector Configuration Reference"

    @api.model
    def _keys_of(self, model):
        """Names of the fields that tell records of a model apart."""
        known = self.env[model]
        return KEYS.get(model) or (known._rec_name or "id",)

    @api.model
    def _of_records(self, records, company):
        """How records are named.

        :return: ``{id: reference}``
        """
        records = records.sudo().with_context(lang=None, active_test=False)
        records = records.with_company(company)
        names = self._keys_of(records._name)
        external = {} if records._name in KEYS else records.get_external_id()
        found = {}
        for record in records:
            xmlid = external.get(record.id)
            if xmlid and xmlid.split(".")[0] not in LOCAL_MODULES:
                found[record.id] = {"xmlid": xmlid}
                continue
            values = {name: said_by(record, name) for name in names}
            if values[names[0]] is None:
                # Without its code it has its name only.
                by_name = record._rec_name or "display_name"
                found[record.id] = {by_name: record[by_name] or None}
            elif len(names) == 1:
                found[record.id] = values[names[0]]
            else:
                found[record.id] = values
        return found

    @api.model
    def _of_field(self, records, name):
        """What a relational field of records says: ``{id: reference or list}``."""
        many = records._fields[name].type == "many2many"
        said = {}
        for company, group in records.grouped(
            lambda record: record._config_company()
        ).items():
            named = self._of_records(group[name], company)
            for record in group:
                found = [named[other.id] for other in record[name]]
                if many:
                    said[record.id] = sorted(found, key=as_text)
                else:
                    said[record.id] = found[0] if found else None
        return said

    @api.model
    def _of_keys(self, records, name, model):
        """A JSON column keyed by ids of a model, as ``[{"of": […], "share": …}]``."""
        said = {}
        for record in records:
            distribution = record[name] or {}
            ids = {int(one) for key in distribution for one in key.split(",")}
            others = self.env[model].sudo().browse(ids).exists()
            named = self._of_records(others, record._config_company())
            said[record.id] = sorted(
                (
                    {
                        "of": [
                            named[int(one)]
                            for one in key.split(",")
                            if int(one) in named
                        ],
                        "share": share,
                    }
                    for key, share in distribution.items()
                ),
                key=as_text,
            )
        return said


def said_by(record, path):
    """The value of a field, through records if need be; ``None`` where it is empty."""
    found = record.mapped(path)[:1]
    return found[0] if found and found[0] not in (False, "") else None


def is_reference(value):
    """Whether a JSON value has the shape of a reference."""
    if isinstance(value, dict):
        known = all(isinstance(v, str | int | float | None) for v in value.values())
        return bool(value) and known
    return isinstance(value, str) and bool(value)


class Resolver:
    """Finds the records that files name; each question is asked once, many at once.

    :param company: the company here for those of the files that aren't here by name
    :param renamed: ``{(provider, name of a connection in the files): name here}``
    :param planned: ``{model: references}`` of what the files themselves bring
    :param chosen: ``{(model, text of a reference): id}`` that a person has chosen
    """

    def __init__(self, env, company, renamed=None, planned=None, chosen=None):
        self.env = env
        self.company = company
        self.renamed = renamed or {}
        self.planned = planned or {}
        self.chosen = chosen or {}
        #: ``(model, text of a reference)`` of what several records are called.
        self.several = set()
        self._wanted = {}
        self._known = {}
        self._references = {}

    def forget(self):
        """Records have been made: what wasn't found may be there now."""
        self._known.clear()

    def want(self, model, company, reference):
        """Note that a record will be asked for."""
        key = self._spelled(model, company, reference)
        if key not in self._known:
            self._wanted.setdefault(key[:2], {})[key[2]] = self._local(model, reference)

    def find(self, model, company, reference):
        """The id of the record that is meant, or ``None``."""
        key = self._spelled(model, company, reference)
        if key not in self._known:
            self.want(model, company, reference)
            self._load()
        return self._known[key]

    def spelling(self, model, company, reference):
        """How the record that is meant is named here; the reference itself, if none."""
        record_id = self.find(model, company, reference)
        if record_id is None:
            return self._local(model, reference)
        return self._references[model, company.id, record_id]

    def is_planned(self, model, reference):
        """Whether the files themselves bring the record."""
        return as_text(reference) in self.planned.get(model, ())

    def _spelled(self, model, company, reference):
        return model, company.id, as_text(reference)

    def _local(self, model, reference):
        """A reference to a connection or flow with the connection's name here."""
        names = {"connector.connection": ("provider", "name")}.get(model)
        if model == "connector.flow":
            names = ("connection_id.provider", "connection_id.name")
        if not names or not isinstance(reference, dict):
            return reference
        provider, name = (reference.get(part) for part in names)
        return reference | {names[1]: self.renamed.get((provider, name), name)}

    def _load(self):
        """Look for all that is wanted: one search for each kind of name."""
        for (model, company_id), wanted in self._wanted.items():
            company = self.env["res.company"].browse(company_id)
            # Companies that aren't here by name are the one that was chosen.
            otherwise = self.company.id if model == "res.company" else None
            for text in wanted:
                found = self.chosen.get((model, text))
                self._known[model, company_id, text] = found
            rest = {
                text: reference
                for text, reference in wanted.items()
                if not self._known[model, company_id, text]
            }
            for names, texts in self._by_names(model, rest).items():
                self._search(model, company, names, texts)
            for text in rest:
                self._known[model, company_id, text] = (
                    self._known[model, company_id, text] or otherwise
                )
            self._name_found(model, company, wanted)
        self._wanted.clear()

    def _by_names(self, model, references):
        """``{names of fields: {text: values of the fields}}``"""
        keys = self.env["connector.config.reference"]._keys_of(model)
        grouped = {}
        for text, reference in references.items():
            if not isinstance(reference, dict):
                names, values = keys[:1], (reference,)
                if len(keys) > 1:
                    continue
            else:
                # The field that tells most comes first: it is searched for.
                whole = reference.keys() == {*keys}
                names = keys if whole else tuple(reference)
                values = tuple(reference[name] for name in names)
            grouped.setdefault(names, {})[text] = values
        return grouped

    def _search(self, model, company, names, texts):
        records = self.env[model].sudo().with_context(active_test=False, lang=None)
        records = records.with_company(company)
        if names == ("xmlid",):
            for text, (xmlid,) in texts.items():
                record = self.env.ref(str(xmlid), raise_if_not_found=False)
                if record is not None and record._name == model:
                    self._known[model, company.id, text] = record.id
            return
        rec_name = records._rec_name or "display_name"
        keys = self.env["connector.config.reference"]._keys_of(model)
        if names not in (keys, (rec_name,)):
            return
        texts = {t: v for t, v in texts.items() if isinstance(v[0], str)}
        domain = [(names[0], "in", sorted({values[0] for values in texts.values()}))]
        if model not in OF_NO_COMPANY and {"company_id", "company_ids"} & set(
            records._fields
        ):
            domain += list(records._check_company_domain(company))
        found = {}
        for record in records.search(domain):
            values = tuple(as_text(said_by(record, name)) for name in names)
            found.setdefault(values, []).append(record)
        for text, values in texts.items():
            fitting = found.get(tuple(map(as_text, values)), [])
            if len(fitting) > 1 and "active" in records._fields:
                fitting = [record for record in fitting if record.active]
            if len(fitting) > 1:
                self.several.add((model, text))
            if len(fitting) == 1:
                self._known[model, company.id, text] = fitting[0].id

    def _name_found(self, model, company, wanted):
        ids = [
            self._known[model, company.id, text]
            for text in wanted
            if self._known[model, company.id, text]
        ]
        records = self.env[model].sudo().browse(ids)
        named = self.env["connector.config.reference"]._of_records(records, company)
        for record_id, reference in named.items():
            self._references[model, company.id, record_id] = reference
