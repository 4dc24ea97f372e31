import datetime

from odoo import api, models

from ..engine.config_diff import CHANGED, GONE, NEW, Change, Item, pair
from .connector_config import CONNECTION
from .connector_config_reference import OF_NO_COMPANY, is_reference
from .connector_configured import KEYED_BY_ID, as_text

#: Characters of a value that a difference shows.
SHOWN = 200


class ConnectorConfig(models.AbstractModel):
    """What records of files differ in from those here."""

    _inherit = "connector.config"

    # -- what files name ------------------------------------------------------

    @api.model
    def _want_references(self, plan, model, values, company):
        """Note all records that a document names, to look for them at once."""
        parts = model._config_parts()
        for name, value in values.items():
            field = model._fields.get(name)
            if name in parts and isinstance(value, list):
                for part in value:
                    if isinstance(part, dict):
                        self._want_references(plan, parts[name], part, company)
            elif field is not None:
                for other, reference in self._references_of(field, value):
                    if is_reference(reference):
                        plan.resolver.want(other, company, reference)

    def _references_of(self, field, value):
        """``(model, reference)`` of what the value of a field names."""
        if field.type == "many2one" and value is not None:
            yield field.comodel_name, value
        elif field.type == "many2many" and isinstance(value, list):
            yield from ((field.comodel_name, one) for one in value)
        elif field.name in KEYED_BY_ID and isinstance(value, list):
            for row in value:
                for one in row.get("of", ()) if isinstance(row, dict) else ():
                    yield KEYED_BY_ID[field.name], one

    def _company_of(self, plan, model, values, company):
        """The company in which a document's records are looked for."""
        if "company_id" not in model._config_fields():
            return company
        reference = values.get("company_id")
        if not is_reference(reference):
            return company
        found = plan.resolver.find("res.company", company, reference)
        return self.env["res.company"].browse(found)

    # -- a document as it is spelled here -------------------------------------

    def _localized(self, plan, model, values, company):
        """A document with the names of this database, without its parts.

        :return: ``({field: value}, {field: why it can't be applied}, {field: [(model,
            reference) that isn't here]})``
        """
        local, problems, unknown = {}, {}, {}
        known, parts = set(model._config_fields()), model._config_parts()
        for name, value in values.items():
            if name in parts:
                continue
            if name not in known:
                problems[name] = self.env._(
                    "There is no such field here; an addon may be missing."
                )
                continue
            field = model._fields[name]
            if not self._has_shape(field, value):
                problems[name] = self.env._(
                    "“%s” is no value of this field.", as_text(value)[:SHOWN]
                )
                continue
            if model._name == "res.company" and name == "name":
                local[name] = plan.resolver.spelling(model._name, company, value)
                continue
            missing = []
            local[name] = self._spelled_here(plan, field, value, company, missing)
            for other, reference in missing:
                unknown.setdefault(name, []).append((other, reference))
                problems[name] = self._unknown_text(plan, other, reference, company)
        return local, problems, unknown

    def _unknown_text(self, plan, model, reference, company):
        what = self.env["ir.model"]._get(model).name or model
        if (model, as_text(reference)) in plan.resolver.several:
            return self.env._(
                "Several are called “%(name)s” here (%(what)s).",
                what=what,
                name=as_text(reference),
            )
        if model not in OF_NO_COMPANY and {"company_id", "company_ids"} & set(
            self.env[model]._fields
        ):
            return self.env._(
                "%(what)s “%(name)s” doesn't exist in %(company)s.",
                what=what,
                name=as_text(reference),
                company=company.name,
            )
        return self.env._(
            "%(what)s “%(name)s” doesn't exist here.",
            what=what,
            name=as_text(reference),
        )

    def _has_shape(self, field, value):
        """Whether a JSON value can be one of a field."""
        kind = field.type
        if kind == "boolean":
            return isinstance(value, bool)
        if kind == "integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return whole and abs(value) < 2**31
        if kind in ("float", "monetary"):
            return isinstance(value, int | float) and not isinstance(value, bool)
        if kind == "many2many":
            return isinstance(value, list) and all(map(is_reference, value))
        if field.name in KEYED_BY_ID:
            return isinstance(value, list) and all(map(_is_share, value))
        if value is None:
            return True
        if kind == "many2one":
            return is_reference(value)
        if kind in ("date", "datetime"):
            return _is_moment(value)
        if kind == "selection":
            known = dict(field._description_selection(self.env))
            return isinstance(value, str) and value in known
        return isinstance(value, str) or kind == "json"

    def _spelled_here(self, plan, field, value, company, missing):
        """A value with the names of this database; adds to ``missing``."""

        def spelled(model, reference):
            found = plan.resolver.find(model, company, reference)
            if found is None and not plan.resolver.is_planned(model, reference):
                missing.append((model, reference))
            return plan.resolver.spelling(model, company, reference)

        if field.type == "many2one":
            return value and spelled(field.comodel_name, value)
        if field.type == "many2many":
            found = [spelled(field.comodel_name, one) for one in value]
            return sorted(found, key=as_text)
        if field.name in KEYED_BY_ID:
            model = KEYED_BY_ID[field.name]
            rows = [
                {"of": [spelled(model, o) for o in row["of"]], "share": row["share"]}
                for row in value
            ]
            return sorted(rows, key=as_text)
        return value

    # -- compare --------------------------------------------------------------

    @api.model
    def _compare_records(self, plan, model, documents, records, **place):
        """Records of files beside those here.

        :param documents: list of ``(path, what the file says)``
        :param records: the records here that they may be
        :param place: ``company``, ``folder`` and ``within`` (the identity of the owner)
            of the items
        :return: ``[Item]``
        """
        told, companies = [], []
        for path, document in documents:
            of = self._company_of(plan, model, document, place["company"])
            told.append((path, document, *self._localized(plan, model, document, of)))
            companies.append(of)
        ours = records._config_documents()
        # Which connection is meant has been decided, whatever it is called.
        key_of = _one if model._name == CONNECTION else model._config_key_of
        pairs = pair(ours, [one[2] for one in told], key_of)
        by_id = {record.id: record for record in records}
        items, numbers = [], {}
        for number, (record_id, local) in enumerate(pairs):
            record = by_id[record_id] if record_id else model.browse()
            said = ours.get(record_id)
            key = as_text(list(model._config_key_of(local or said)))
            numbers[key] = numbers.get(key, 0) + 1
            item = Item(
                ident=f"{place['within']}/{model._name}:{key}:{numbers[key]}",
                path=f"{place['folder'] or ''}{record._config_path() or ''}",
                title=record._config_title()
                if record
                else self._title_of(model, local),
                record=record,
                values=local,
                ours=said,
                company=place["company"],
                folder=place["folder"],
            )
            if local is not None:
                item.path, item.raw, _local, item.problems, unknown = told[number]
                item.company = companies[number]
                self._note_unknown(plan, model, item, unknown)
                item.names = [
                    name
                    for name, value in local.items()
                    if record
                    and name not in model._config_key
                    and name not in item.problems
                    and not _same(model._fields[name], value, said[name])
                ]
                self._compare_parts(plan, model, item, place)
            item.refused = self._why_refused(plan, model, item)
            items.append(item)
        return items

    def _note_unknown(self, plan, model, item, unknown):
        """What isn't here is asked for, unless it stands here under the same name."""
        for name, missing in unknown.items():
            if item.record and item.values[name] == item.ours[name]:
                continue
            use = f"{item.path}: {item.title} · {self._label(model, name)}"
            for other, reference in missing:
                plan.note_unknown(other, reference, item.company, use)

    def _compare_parts(self, plan, model, item, place):
        for name, part in model._config_parts().items():
            found = item.raw.get(name)
            if found is None:
                continue
            if not isinstance(found, list) or not all(
                isinstance(one, dict) for one in found
            ):
                item.problems[name] = self.env._("This is no list of records.")
                continue
            lines = item.record.with_context(active_test=False)[name]
            item.parts[name] = self._compare_records(
                plan,
                part,
                [(item.path, one) for one in found],
                lines,
                **{**place, "company": item.company, "within": item.ident},
            )

    def _title_of(self, model, values):
        name = (values or {}).get(model._rec_name or "name")
        label = self.env["ir.model"]._get(model._name).name
        if isinstance(name, str):
            return self._in_words(model, model._rec_name or "name", name)
        key = [n for n in model._config_key if (values or {}).get(n)]
        said = ", ".join(self._in_words(model, n, values[n]) for n in key)
        return f"{label} · {said}" if said else label

    def _why_refused(self, plan, model, item):
        """Why nothing of an item can be applied, in one sentence, or nothing."""
        _ = self.env._
        record, values = item.record, item.values
        if values is None:
            stays = model._config_by_owner or model._config_stays
            if stays or not model.has_access("unlink"):
                return _("It stays: it can be switched off here.")
            return ""
        if record:
            fixed = set(item.names) & set(model._config_made_with)
            if fixed:
                return _("What it is made of can't be changed: make a new one.")
            if not model.has_access("write"):
                return _("You may not change it: ask who administers the connectors.")
        else:
            needed = {
                name
                for name, field in model._fields.items()
                if field.required and name in item.problems and field.store
            }
            unnamed = [n for n in model._config_key if n in item.problems]
            if needed or unnamed:
                return next(item.problems[n] for n in (*sorted(needed), *unnamed))
            if model._config_by_owner:
                return _("There is none here, and an import doesn't make it.")
            if not model.has_access("create"):
                return _("You may not make it: ask who administers the connectors.")
        connection = plan.connections.get(item.folder)
        return model._config_refused(values, connection) or ""

    # -- in words -------------------------------------------------------------

    @api.model
    def _changes_of(self, item, owner_title=""):
        """The differences of an item, as people read them; parts follow.

        :return: list of ``Change``
        """
        model = item.record.browse()
        title = f"{owner_title} · {item.title}" if owner_title else item.title

        def change(ident, state, **told):
            return Change(ident, item.path, model._name, title, state, **told)

        if item.values is None:
            before = self._summary(model, item.ours)
            return [change(item.ident, GONE, before=before, problem=item.refused)]
        found = []
        if not item.record:
            after = self._summary(model, item.values)
            found.append(change(item.ident, NEW, after=after, problem=item.refused))
        for name in item.names:
            found.append(
                change(
                    f"{item.ident}#{name}",
                    CHANGED,
                    label=self._label(model, name),
                    before=self._in_words(model, name, item.ours[name]),
                    after=self._in_words(model, name, item.values[name]),
                    problem=item.refused,
                )
            )
        for name, problem in item.problems.items():
            if item.record and name in item.values:
                if item.values[name] == item.ours[name]:
                    continue
            found.append(
                change(
                    "",
                    CHANGED if item.record else NEW,
                    label=self._label(model, name),
                    before=self._in_words(model, name, (item.ours or {}).get(name)),
                    after=self._in_words(model, name, item.values.get(name)),
                    problem=problem,
                )
            )
        for parts in item.parts.values():
            for part in parts:
                told = self._changes_of(part, title)
                if not item.record:
                    # They come with their owner, or not at all.
                    told = [c for c in told if c.problem and c.state != GONE]
                    for one in told:
                        one.ident = ""
                found += told
        return found

    def _label(self, model, name):
        field = model._fields.get(name)
        return field._description_string(self.env) if field is not None else name

    def _summary(self, model, values):
        """What a record says besides what everybody has, in one line."""
        said = [
            f"{self._label(model, name)}: {self._in_words(model, name, value)}"
            for name, value in values.items()
            if value not in (None, False, [], 0) and name in model._fields
            if model._fields[name].type != "one2many"
        ]
        return ", ".join(said)[:SHOWN]

    def _in_words(self, model, name, value):
        field = model._fields.get(name)
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if field is not None and field.type == "selection" and value:
            labels = dict(field._description_selection(self.env))
            return labels.get(value, as_text(value))
        if isinstance(value, dict):
            return " · ".join(as_text(one) for one in value.values())[:SHOWN]
        if isinstance(value, list):
            words = (self._in_words(model, "", one) for one in value)
            return ", ".join(words)[:SHOWN]
        return as_text(value)[:SHOWN]


def _one(_document):
    return 1


def _same(field, ours, theirs):
    if field.type in ("float", "monetary"):
        return abs((ours or 0) - (theirs or 0)) < 1e-9
    return ours == theirs


def _is_share(row):
    return (
        isinstance(row, dict)
        and row.keys() == {"of", "share"}
        and isinstance(row["of"], list)
        and all(map(is_reference, row["of"]))
        and isinstance(row["share"], int | float)
    )


def _is_moment(value):
    try:
        datetime.datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
