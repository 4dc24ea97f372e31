import json

from odoo import api, models
from odoo.exceptions import AccessError

from ..engine import map_file
from ..engine.normalize import storable
from ..engine.paths import parse_path
from .connector_field_map_review import EDITORS

#: What a file must name -> field of the flow that it must be the same as.
SAME_AS_FLOW = {"stream": "stream", "entity": "entity"}
#: Problems that a message tells one by one; the rest are counted.
MOST_PROBLEMS = 20


def _texts(value):
    """All texts of a JSON value, names of attributes included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in (*value, *value.values()):
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


class ConnectorFieldMap(models.Model):
    """Field maps as files, see ``engine.map_file``; value maps may go along."""

    _inherit = "connector.field.map"

    # -- export ---------------------------------------------------------------

    def action_export(self):
        """Download the version as a file."""
        self.ensure_one()
        self._check_editor()
        return {
            "type": "ir.actions.act_url",
            "url": f"/connector/field_map/{self.id}",
            "target": "download",
        }

    def _check_editor(self):
        if not self.env.user.has_group(EDITORS):
            raise AccessError(self.env._("Map editors export and import field maps."))

    def _export_name(self):
        """Name of the file, as ``hubspot-companies-v3.json``."""
        self.ensure_one()
        flow = self.flow_id
        return f"{flow.connection_id.provider}-{flow.stream}-v{self.version}.json"

    def _export_text(self):
        """The version and the decisions about its values, as the text of a file."""
        self.ensure_one()
        document = self._export_document()
        connection = self.flow_id.connection_id
        decisions = connection._export_decisions(self._value_kinds())
        if decisions:
            document["value_maps"] = decisions
        return map_file.dump(document)

    def _export_document(self):
        """The version alone, see ``engine.map_file``."""
        self.ensure_one()
        flow = self.flow_id
        return {
            "format": map_file.FORMAT,
            "provider": flow.connection_id.provider,
            "stream": flow.stream,
            "entity": flow.entity,
            "lines": self._line_attributes(),
        }

    def _value_kinds(self):
        """Names of the value maps that the lines use, in order."""
        entity = self.flow_id._entity_model()
        found = (entity._entity_field(t) for t in self.line_ids.mapped("target"))
        return sorted({field.value_map for field in found if field and field.value_map})

    # -- import ---------------------------------------------------------------

    @api.model
    def _read_file(self, flow, content):
        """What a file says, and all that is wrong with it.

        :param content: bytes
        :return: ``(document, [problem in one sentence])``; the document's lines have
            all attributes; it is only good where there is no problem
        """
        _ = self.env._
        try:
            document = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            return {}, [_("This is no JSON file: %s.", error)]
        if not isinstance(document, dict) or "format" not in document:
            return {}, [_("This is no file of a field map: it names no “format”.")]
        if document["format"] != map_file.FORMAT:
            return {}, [
                _(
                    "The file is of format %(theirs)s, and only format %(ours)s is"
                    " known here.",
                    theirs=document["format"],
                    ours=map_file.FORMAT,
                )
            ]
        if any(storable(text) != text for text in _texts(document)):
            return {}, [_("The file holds characters that can't be kept, as \\u0000.")]
        problems = self._header_problems(flow, document)
        lines = document.get("lines")
        if not isinstance(lines, list):
            return {}, [*problems, _("The file has no list of “lines”.")]
        for number, line in enumerate(lines, start=1):
            problems += [
                _("Line %(number)s: %(problem)s", number=number, problem=problem)
                for problem in self._line_problems(flow, line)
            ]
        if not isinstance(document.get("value_maps", {}), dict):
            problems.append(_("“value_maps” has to name the lists of values."))
        if problems:
            return {}, problems
        document["lines"] = [map_file.DEFAULTS | line for line in lines]
        return document, []

    def _header_problems(self, flow, document):
        expected = {
            "provider": flow.connection_id.provider,
            **{name: flow[field] for name, field in SAME_AS_FLOW.items()},
        }
        return [
            self.env._(
                "The file is of %(name)s “%(theirs)s”, the flow of “%(ours)s”.",
                name=name,
                theirs=document.get(name),
                ours=ours,
            )
            for name, ours in expected.items()
            if document.get(name) != ours
        ]

    def _line_problems(self, flow, line):
        """What is wrong with one line of a file."""
        _ = self.env._
        if not isinstance(line, dict):
            return [_("it has no attributes.")]
        names = (*map_file.ATTRIBUTES,)
        problems = [
            _("“%s” is nothing that a line has.", name)
            for name in line.keys() - {*names}
        ]
        line = map_file.DEFAULTS | line
        path, target = line.get("remote_path"), line.get("target")
        try:
            parse_path(path if isinstance(path, str) else "")
        except ValueError:
            problems.append(_("“%s” is not a path.", path))
        field = (
            flow._entity_model()._entity_field(target)
            if isinstance(target, str)
            else None
        )
        if field is None:
            problems.append(_("There is no field “%s”.", target))
        elif field.readonly and line["direction"] != "push":
            problems.append(
                _("Odoo computes “%s” itself: it goes out of Odoo only.", field.label)
            )
        problems += self._transform_problems(line["transforms"])
        return problems + self._value_problems(line)

    def _transform_problems(self, transforms):
        _ = self.env._
        shaped = isinstance(transforms, list) and all(
            isinstance(step, list)
            and 1 <= len(step) <= 2
            and all(isinstance(part, str) for part in step)
            for step in transforms
        )
        if not shaped:
            return [_("“transforms” has to be a list of names with their arguments.")]
        known = dict(self.env["connector.transform"]._labels())
        unknown = [step[0] for step in transforms if step[0] not in known]
        return [_("There is no transform “%s”.", name) for name in unknown]

    def _value_problems(self, line):
        """Attributes whose field can't hold what the file says."""
        lines = self.env["connector.field.map.line"]
        problems = []
        for name, field_name in lines._attribute_fields().items():
            field, value = lines._fields[field_name], line.get(name)
            if field.type == "selection":
                known = [key for key, _label in field._description_selection(self.env)]
                good = value in known
            elif field.type == "boolean":
                good = isinstance(value, bool) or value is map_file.DEFAULTS[name]
            else:
                good = value is None or isinstance(value, str)
            if not good and name not in ("remote_path", "target"):
                problems.append(
                    self.env._(
                        "“%(name)s” can't be “%(value)s”.", name=name, value=value
                    )
                )
        return problems

    @api.model
    def _problems_in_words(self, problems):
        """All problems as one text to read."""
        shown = problems[:MOST_PROBLEMS]
        if len(problems) > len(shown):
            shown.append(self.env._("… and %s more.", len(problems) - len(shown)))
        return "\n".join(shown)
