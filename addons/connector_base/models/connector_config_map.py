import dataclasses
import json

from odoo import api, models

from ..engine import config_file, map_file
from ..engine.config_diff import CHANGED, GONE, NEW, PENDING, Change
from ..engine.map_diff import difference
from .connector_field_map_review import EDITORS

#: States of a version that waits for people.
WAITING = ("draft", "submitted", "approved")
#: Kind of a difference of a field map's lines -> state of ours.
STATES = {"added": NEW, "removed": GONE, "changed": CHANGED}


@dataclasses.dataclass
class MapItem:
    """A field map of a file: taken over as a draft, for others to approve."""

    ident: str
    path: str
    title: str
    folder: str
    stream: str
    lines: list

    def apply(self, config, plan, chosen, source):
        if self.ident in chosen:
            config._apply_map(plan, self, source)


class ConnectorConfig(models.AbstractModel):
    """Field maps among the files: the active version of each flow.

    What is imported is a draft: nobody's approval is gone around.
    """

    _inherit = "connector.config"

    @api.model
    def _export_maps(self, connection, folder):
        tree = {}
        flows = connection.with_context(active_test=False).flow_ids
        for flow in flows.sorted("stream"):
            name = config_file.name_of(flow.stream)
            field_map = flow.active_map_id
            if field_map:
                document = field_map._export_document()
                tree[f"{folder}maps/{name}.json"] = config_file.dump(document)
        return tree

    def _plan_maps(self, plan, documents):
        for path, content in documents.items():
            if isinstance(content, bytes):
                folder, _within = self._split(path)
                connection = plan.connections.get(folder)
                if connection is not None and connection.provider:
                    self._plan_map(plan, folder, path, content)

    def _plan_map(self, plan, folder, path, content):
        connection, maps = plan.connections[folder], self.env["connector.field.map"]
        document = json.loads(content)
        stream, entity = document.get("stream"), document.get("entity")
        flow = connection.with_context(active_test=False).flow_ids.filtered(
            lambda flow: flow.stream == stream
        )
        title = flow.name or str(stream)
        is_new = not flow

        def change(ident, state, **told):
            said = Change(ident, path, maps._name, title, state, **told)
            plan.changes.append(said)

        if is_new:
            brought = [
                item.values
                for item in plan.items
                if item.folder == folder
                and getattr(item, "values", None)
                and item.values.get("stream") == stream
                and not item.refused
            ]
            if not brought or not isinstance(entity, str):
                problem = self.env._("There is no flow for it, here or in the files.")
                change("", NEW, problem=problem)
                return
            title = brought[0].get("name") or title
            flow = self.env["connector.flow"].new(
                {"connection_id": connection, "stream": stream, "entity": entity}
            )
        read, problems = maps._read_file(flow, content)
        if problems:
            words = maps._problems_in_words(problems)
            change("", CHANGED, label=self.env._("Field Map"), problem=words)
            return
        lines = read["lines"]
        item = MapItem(f"{path}#map", path, title, folder, stream, lines)
        before = (
            self._shipped_lines(connection, stream)
            if is_new
            else flow.active_map_id._line_attributes()
        )
        as_shipped = is_new and map_file.lines_hash(before) == map_file.lines_hash(
            lines
        )
        found = difference(before, lines)
        if not found and not as_shipped:
            return
        words = maps._in_words(flow, found)
        waiting = self._version_that_waits(flow, lines)
        if waiting:
            after = self.env._("v%s waits for people", waiting.version)
            change("", PENDING, label=self.env._("Field Map"), after=after)
            return
        refused = ""
        if not self.env.user.has_group(EDITORS) and not self.env.su:
            refused = self.env._("Map editors import field maps.")
        short = maps._difference_in_short(words)
        plan.items.append(item)
        change(
            "" if refused else item.ident,
            NEW if is_new else CHANGED,
            label=self.env._("Field Map"),
            after=self.env._("a draft: %s", short)
            if short
            else self.env._("as it ships with the connector"),
            problem=refused,
        )
        for kind, state in STATES.items():
            for line in words[kind]:
                self._line_changes(change, state, line)

    def _line_changes(self, change, state, line):
        """The lines of a map's difference; they are taken over with their map."""
        label = f"{line['remote_path']} → {line['label']}"
        for one in line["changes"]:
            change(
                "",
                state,
                label=f"{label} · {one['label']}",
                before=one["before"],
                after=one["after"],
            )
        if not line["changes"]:
            change("", state, label=label)

    def _shipped_lines(self, connection, stream):
        shipped = {one.name: one for one in connection._provider()._streams()}
        found = shipped.get(stream)
        return [
            map_file.line_attributes(line)
            for line in (found.default_map if found else ())
        ]

    def _version_that_waits(self, flow, lines):
        if not flow.ids:
            return flow.map_ids.browse()
        wanted = map_file.lines_hash(lines)
        return flow.map_ids.filtered(
            lambda m: (
                m.state in WAITING
                and map_file.lines_hash(m._line_attributes()) == wanted
            )
        )[:1]

    def _apply_map(self, plan, item, source):
        """Make the draft, or the shipped map where the file says the same.

        :param source: ``(name of the file, digest)``
        """
        connection = plan.connections[item.folder]
        flow = connection.with_context(active_test=False).flow_ids.filtered(
            lambda flow: flow.stream == item.stream
        )
        if not flow:
            # The flow wasn't wanted.
            return
        maps = self.env["connector.field.map"]
        maps._check_editor()
        flow.check_access("write")
        streams = {one.name: one for one in connection._provider()._streams()}
        shipped = self._shipped_lines(connection, item.stream)
        same = map_file.lines_hash(shipped) == map_file.lines_hash(item.lines)
        if item.stream in streams and same and not flow.map_ids:
            maps._create_default(flow, streams[item.stream])
            return
        name, digest = source
        note = self.env._(
            "Imported from %(file)s (%(digest)s).", file=name, digest=digest[:12]
        )
        maps._create_draft(flow, item.lines, note)
