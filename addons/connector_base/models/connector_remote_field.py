import collections
import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.compat import locate

#: Columns that come from the vendor, in the order in which a refresh writes them.
DESCRIBED = (
    *("label", "kind", "vendor_type", "required", "writable", "is_unique"),
    *("options", "refers_to", "custom", "description"),
)


class ConnectorRemoteField(models.Model):
    """A field of a vendor's records, as the vendor described it last.

    ``changes`` holds what has become worse since the field was first seen or its map
    last activated; see :meth:`_worse`. A field that the vendor has no more stays, as
    gone: field maps may name it.
    """

    _name = "connector.remote.field"
    _description = "Connector Remote Field"
    _inherit = ["connector.guard"]
    _order = "connection_id, stream, label, id"
    _rec_name = "label"
    _log_access = False

    connection_id = fields.Many2one(
        "connector.connection", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    stream = fields.Char(string="Remote Object", required=True, readonly=True)
    path = fields.Char(string="Remote Field", required=True, readonly=True)
    label = fields.Char(required=True, readonly=True)
    kind = fields.Char(string="Holds", required=True, readonly=True)
    vendor_type = fields.Char(string="Type There", readonly=True)
    required = fields.Boolean(readonly=True)
    writable = fields.Boolean(readonly=True)
    is_unique = fields.Boolean(string="Unique", readonly=True)
    options = fields.Json(string="Options (Technical)", readonly=True)
    option_text = fields.Char(string="Options", compute="_compute_option_text")
    refers_to = fields.Char(readonly=True)
    custom = fields.Boolean(
        readonly=True, help="The account added it; the vendor did not."
    )
    description = fields.Char(readonly=True)
    state = fields.Selection(
        [("present", "There"), ("gone", "Gone")],
        required=True,
        readonly=True,
        default="present",
    )
    changes = fields.Json(readonly=True)
    changed_at = fields.Datetime(readonly=True)
    first_seen_at = fields.Datetime(string="First Seen", readonly=True)
    gone_at = fields.Datetime(string="Gone Since", readonly=True)
    map_line_count = fields.Integer(
        string="Mapped", compute="_compute_map_line_count", help="By active field maps."
    )

    # Found by it, too: it begins with what all look-ups name.
    _path_uniq = models.Constraint(
        "UNIQUE(connection_id, stream, path)", "A vendor's field is there once."
    )

    @api.depends("options")
    def _compute_option_text(self):
        for field in self:
            labels = [label for _value, label in field.options or []]
            field.option_text = ", ".join(labels[:20]) + ("…" if labels[20:] else "")

    def _compute_map_line_count(self):
        lines = self.env["connector.field.map.line"].search(
            [
                ("map_id.state", "=", "active"),
                ("map_id.connection_id", "in", self.connection_id.ids),
            ]
        )
        counts = collections.Counter()
        for flow, of_flow in lines.grouped(lambda line: line.map_id.flow_id).items():
            known = self._by_path(flow.connection_id, flow.stream)
            for line in of_flow:
                found, _rest = locate(line.remote_path, known)
                counts[flow.connection_id, flow.stream, found] += 1
        for field in self:
            key = (field.connection_id, field.stream, field.path)
            field.map_line_count = counts[key]

    # -- look-ups -------------------------------------------------------------

    @api.model
    def _by_path(self, connection, stream):
        """``{path: dict}`` of all that is known of a stream's fields; one query."""
        self.flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT * FROM connector_remote_field
                 WHERE connection_id = %s AND stream = %s
                """,
                connection.id,
                stream,
            )
        )
        return {row["path"]: row for row in rows}

    @api.model
    def _gone_paths(self, connection, stream, paths):
        """Those of a map's paths that the vendor doesn't have; one query.

        :return: set; empty where the vendor describes nothing
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT path FROM connector_remote_field
                 WHERE connection_id = %s AND stream = %s AND state = 'present'
                """,
                connection.id,
                stream,
            )
        )
        present = {path for (path,) in rows}
        if not present:
            return set()
        return {path for path in paths if locate(path, present)[0] is None}

    # -- refresh --------------------------------------------------------------

    @api.model
    def _refresh(self, connection, stream, found):
        """Take in what a vendor says about a stream's fields: one read, two writes.

        Where it says nothing, nothing is taken for gone.

        :param stream: name of the stream
        :param found: list of ``records.RemoteField``
        :return: ``{"new": labels, "gone": paths, "back": paths}``; all is new the first
            time, which is no news; what is new may be waited for by optional lines, and
            is ``back``, too
        """
        if not found:
            return {"new": [], "gone": [], "back": []}
        known = self._by_path(connection, stream)
        now = fields.Datetime.now()
        described = {field.path: self._described(field) for field in found}
        rows = []
        for path, values in described.items():
            row = known.get(path)
            changes = self._worse(row, values) if row else {}
            if (
                row
                and row["state"] == "present"
                and changes == (row["changes"] or {})
                and all(row[name] == values[name] for name in DESCRIBED)
            ):
                continue
            worse = row and changes != (row["changes"] or {}) and changes
            changed_at = now if worse else row and row["changed_at"]
            rows.append((path, values, changes, changed_at))
        gone = [
            path
            for path, row in known.items()
            if path not in described and row["state"] == "present"
        ]
        self._upsert(connection, stream, rows, now)
        self._mark_gone(connection, stream, gone, now)
        self.invalidate_model(flush=False)
        return {
            "new": [f.label for f in found if f.path not in known] if known else [],
            "gone": gone,
            "back": [
                path
                for path in described
                if known and known.get(path, {"state": "gone"})["state"] == "gone"
            ],
        }

    def _described(self, field):
        return {
            "label": field.label,
            "kind": field.kind,
            "vendor_type": field.vendor_type or None,
            "required": field.required,
            "writable": field.writable,
            "is_unique": field.unique,
            "options": [list(option) for option in field.options],
            "refers_to": field.references or None,
            "custom": field.custom,
            "description": field.description[:500] or None,
        }

    def _worse(self, row, values):
        """What of a field is worse than it was, what was noted before included.

        What is as it was again is forgotten.

        :return: ``{"kind": [before, after]}``, ``{"options": [those lost]}``,
            ``{"required": True}``, ``{"writable": False}``, or several of them
        """
        before = row["changes"] or {}
        changes = {}
        kind = before["kind"][0] if "kind" in before else row["kind"]
        if kind != values["kind"]:
            changes["kind"] = [kind, values["kind"]]
        here = {value for value, _label in values["options"]}
        lost = {value for value, _label in row["options"] or []}
        lost = (lost | set(before.get("options", ()))) - here
        if lost and here:
            # A vendor that stops telling its options has not lost them.
            changes["options"] = sorted(lost)
        if values["required"] and ("required" in before or not row["required"]):
            changes["required"] = True
        if not values["writable"] and ("writable" in before or row["writable"]):
            changes["writable"] = False
        return changes

    def _upsert(self, connection, stream, rows, now):
        if not rows:
            return
        names = [SQL.identifier(name) for name in DESCRIBED]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO connector_remote_field (
                    connection_id, company_id, stream, path, state, first_seen_at,
                    changes, changed_at, %(names)s)
                VALUES %(rows)s
                ON CONFLICT (connection_id, stream, path) DO UPDATE
                   SET state = 'present', gone_at = NULL,
                       changes = EXCLUDED.changes, changed_at = EXCLUDED.changed_at,
                       %(updates)s
                """,
                names=SQL(", ").join(names),
                updates=SQL(", ").join(SQL("%s = EXCLUDED.%s", n, n) for n in names),
                rows=SQL(", ").join(
                    SQL(
                        "(%s, %s, %s, %s, 'present', %s, %s::jsonb, %s::timestamp, %s)",
                        connection.id,
                        connection.company_id.id,
                        stream,
                        path,
                        now,
                        json.dumps(changes) if changes else None,
                        changed_at,
                        SQL(", ").join(
                            SQL("%s::jsonb", json.dumps(values[name]))
                            if name == "options"
                            else SQL("%s", values[name])
                            for name in DESCRIBED
                        ),
                    )
                    for path, values, changes, changed_at in rows
                ),
            )
        )

    def _mark_gone(self, connection, stream, paths, now):
        if paths:
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE connector_remote_field SET state = 'gone', gone_at = %s
                     WHERE connection_id = %s AND stream = %s AND path IN %s
                    """,
                    now,
                    connection.id,
                    stream,
                    tuple(paths),
                )
            )
