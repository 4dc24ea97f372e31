import dataclasses

from odoo import api, models
from odoo.exceptions import AccessError

from ..engine import config_file
from ..engine.config_diff import CHANGED, GONE, Change
from .connector_config_plan import VALUE_MAP
from .connector_config_reference import is_reference
from .connector_configured import as_text

#: Attributes of a value map that people decide beside its values.
SETTINGS = ("on_unmapped", "default")
#: Models whose records are data, and personal: nothing is said about them.
NOT_SAID = ("res.partner",)


@dataclasses.dataclass
class ValueItem:
    """Decisions about the values of one list.

    :param settings: ``{ident: {field: value}}`` to write on the value map
    :param decisions: ``{ident: (remote value, values of its line)}``
    """

    ident: str
    path: str
    title: str
    folder: str
    kind: str
    settings: dict = dataclasses.field(default_factory=dict)
    decisions: dict = dataclasses.field(default_factory=dict)

    def apply(self, config, plan, chosen, source):
        wanted = chosen & (self.settings.keys() | self.decisions.keys())
        if wanted:
            config._apply_values(plan, self, wanted)


class ConnectorConfig(models.AbstractModel):
    """Value maps among the files: what people have decided, none of what is open."""

    _inherit = "connector.config"

    # -- export ---------------------------------------------------------------

    @api.model
    def _export_values(self, connection, folder):
        tree = {}
        for value_map in connection.value_map_ids.sorted("name"):
            document = self._value_document(value_map)
            name = config_file.name_of(value_map.name)
            if document is not None:
                tree[f"{folder}values/{name}.json"] = config_file.dump(document)
        return tree

    def _value_document(self, value_map):
        """``None`` of a list whose records are no configuration, or are unknown."""
        model = value_map.res_model
        if model in NOT_SAID or model not in self.env:
            return None
        lines = value_map.line_ids.sudo().filtered("is_decided").sorted("remote_value")
        ids = [*lines.mapped("res_id"), value_map.default_res_id or 0]
        records = self.env[model].sudo().browse(filter(None, ids)).exists()
        named = self.env["connector.config.reference"]._of_records(
            records, value_map.company_id
        )
        return {
            "format": config_file.FORMAT,
            "model": VALUE_MAP,
            "name": value_map.name,
            "on_unmapped": value_map.on_unmapped or None,
            "default": named.get(value_map.default_res_id),
            "values": [
                {
                    "remote_value": line.remote_value,
                    **(
                        {"means": named[line.res_id]}
                        if line.res_id in named
                        else {"skip": True}
                    ),
                }
                for line in lines
                if line.res_id in named or line.state == "skipped"
            ],
        }

    # -- compare --------------------------------------------------------------

    def _plan_values(self, plan, documents):
        for path, document in documents.items():
            if isinstance(document, bytes) or document.get("model") != VALUE_MAP:
                continue
            folder, _within = self._split(path)
            connection = plan.connections.get(folder)
            if connection is not None and connection.provider:
                self._plan_value_map(plan, folder, path, document)

    def _kinds_of(self, connection):
        """``{kind: field}`` of a connection, unsaved ones too."""
        if connection.ids:
            return connection._value_kinds()
        return {
            field.value_map: field
            for stream in connection._provider()._streams()
            for field in connection._entity(stream.entity)._entity_fields()
            if field.value_map
        }

    def _plan_value_map(self, plan, folder, path, document):
        connection, kind = plan.connections[folder], document.get("name")
        rows = document.get("values")
        known = self._kinds_of(connection)
        field = known.get(kind) if isinstance(kind, str) else None
        value_map = connection.value_map_ids.filtered(lambda m: m.name == kind)
        title = value_map.label or (field and field.label) or as_text(kind)

        def change(ident, **told):
            state = told.pop("state", CHANGED)
            plan.changes.append(Change(ident, path, VALUE_MAP, title, state, **told))

        if (field is None and not value_map) or not isinstance(rows, list):
            problem = self.env._("No field here goes through such a value map.")
            return change("", problem=problem)
        model = value_map.res_model or field.relation
        if model not in self.env or model in NOT_SAID:
            return change("", problem=self.env._("Its records are no configuration."))
        refused = self._may_decide(connection, model, title)
        item = ValueItem(f"{path}#values", path, title, folder, kind)
        plan.items.append(item)
        company = connection.company_id
        for row in rows:
            if isinstance(row, dict) and is_reference(row.get("means")):
                plan.resolver.want(model, company, row["means"])
        ours = self._value_document(value_map) if value_map else {}
        self._compare_settings(plan, item, document, ours or {}, model, change, refused)
        here = {row["remote_value"]: row for row in (ours or {}).get("values", ())}
        seen = set()
        for row in rows:
            value = row.get("remote_value") if isinstance(row, dict) else None
            if not isinstance(value, str) or not value or value in seen:
                change("", problem=self.env._("“%s” is no value.", as_text(row)[:80]))
                continue
            seen.add(value)
            self._compare_value(
                plan, item, row, here.get(value), model, change, refused
            )
        for value in sorted(here.keys() - seen):
            change(
                "",
                state=GONE,
                label=value,
                before=self._meaning(here[value]),
                problem=self.env._("It stays: it can be decided otherwise here."),
            )

    def _may_decide(self, connection, model, title):
        """Why the user may not say what the values mean, or nothing."""
        asked = self.env[VALUE_MAP].new({"res_model": model, "label": title})
        try:
            asked._check_may_decide()
        except AccessError as error:
            return str(error)
        return ""

    def _meaning(self, row):
        if not row:
            return ""
        if row.get("skip"):
            return self.env._("left empty")
        means = row.get("means")
        if isinstance(means, dict):
            return " · ".join(as_text(one) for one in means.values())
        return as_text(means)

    def _compare_settings(self, plan, item, document, ours, model, change, refused):
        company = plan.connections[item.folder].company_id
        labels = {
            "on_unmapped": self.env._("Unmapped Values"),
            "default": self.env._("Default"),
        }
        options = dict(
            self.env[VALUE_MAP]._fields["on_unmapped"]._description_selection(self.env)
        )
        vals, found = {}, []
        for name in SETTINGS:
            if name not in document:
                continue
            value, problem = document[name], refused
            if name == "default" and value is not None:
                value, record_id, problem = self._found(
                    plan, item, model, company, value, refused
                )
                vals["default_res_id"] = record_id
            elif name == "default":
                vals["default_res_id"] = False
            else:
                if value is not None and value not in options:
                    problem = self.env._("“%s” is no choice.", as_text(value))
                vals["on_unmapped"] = value or False
            if value != ours.get(name):
                found.append((name, value, problem))
        if not found:
            return
        # One without the other is refused: both are taken over at once.
        problem = next((problem for _n, _v, problem in found if problem), "")
        ident = f"{item.path}#settings"
        item.settings[ident] = vals
        for number, (name, value, _problem) in enumerate(found):
            before, after = (
                options.get(one, one) if name == "on_unmapped" else one
                for one in (ours.get(name), value)
            )
            change(
                "" if number or problem else ident,
                label=labels[name],
                before=self._meaning({"means": before}),
                after=self._meaning({"means": after}),
                problem=problem,
            )

    def _found(self, plan, item, model, company, reference, refused):
        """``(reference as it is spelled here, id or None, problem)``"""
        if not is_reference(reference):
            problem = self.env._("“%s” names no record.", as_text(reference))
            return reference, None, problem
        record_id = plan.resolver.find(model, company, reference)
        if record_id is None:
            plan.note_unknown(model, reference, company, f"{item.path}: {item.title}")
            problem = self._unknown_text(plan, model, reference, company)
            return reference, None, refused or problem
        return plan.resolver.spelling(model, company, reference), record_id, refused

    def _compare_value(self, plan, item, row, here, model, change, refused):
        company = plan.connections[item.folder].company_id
        if row == here:
            # Called the same, even where several are.
            return
        value, ident = row["remote_value"], f"{item.path}#={row['remote_value']}"
        if row.get("skip") is True:
            told, problem = {"remote_value": value, "skip": True}, refused
            vals = {"skip": True, "res_id": False}
        else:
            means, record_id, problem = self._found(
                plan, item, model, company, row.get("means"), refused
            )
            told = {"remote_value": value, "means": means}
            vals = {"res_id": record_id, "skip": False}
        if told == here:
            return
        item.decisions[ident] = (value, vals)
        change(
            "" if problem else ident,
            label=value,
            before=self._meaning(here),
            after=self._meaning(told),
            problem=problem,
        )

    # -- apply ----------------------------------------------------------------

    def _apply_values(self, plan, item, wanted):
        """Write decisions; values that nobody has met here yet are listed with them."""
        connection = plan.connections[item.folder]
        if not connection.ids:
            # The connection wasn't wanted.
            return
        value_maps = self.env[VALUE_MAP]
        # The engine lists values, people decide on them: both at once here.
        value_map = value_maps.sudo()._ensure(connection.sudo(), item.kind)
        value_map.sudo(self.env.su)._check_may_decide()
        for ident, vals in item.settings.items():
            if ident in wanted:
                value_map.write(vals)
        lines = {line.remote_value: line for line in value_map.line_ids}
        new = []
        for ident, (value, vals) in item.decisions.items():
            if ident not in wanted:
                continue
            if value in lines:
                lines[value].write(vals)
            else:
                new.append({"map_id": value_map.id, "remote_value": value, **vals})
        self.env["connector.value.map.line"].sudo().create(new)
