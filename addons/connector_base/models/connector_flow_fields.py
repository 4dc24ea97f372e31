from odoo import fields, models
from odoo.tools import SQL

from ..engine import compat
from ..engine.records import Problem
from .correlation import correlation_of

#: Codes of the exceptions that tell of a vendor's changed fields.
FIELD_CODES = (
    *("field_gone", "field_type", "field_required", "field_options"),
    "field_read_only",
)


class ConnectorFlow(models.Model):
    """What a vendor's changed fields mean for a flow's active map."""

    _inherit = "connector.flow"

    def _check_fields(self):
        """Open an exception for each change that breaks a map; close those over.

        Nothing is stopped by them: what rests is decided where records are read and
        sent, see ``connector_pull_rest``.
        """
        exceptions = self.env["connector.exception"]
        for flow in self.filtered("active_map_id"):
            problems = list(flow._field_problems())
            exceptions._report_fields(flow, problems)

    def _field_problems(self):
        """:return: iterator of ``(direction, Problem)``"""
        self.ensure_one()
        known = self.env["connector.remote.field"]._by_path(
            self.connection_id, self.stream
        )
        if not known:
            return
        field_map = self.active_map_id
        present = {path for path, row in known.items() if row["state"] == "present"}
        for line in self._used_lines(field_map):
            found, rest = compat.locate(line.remote_path, present)
            if found is None:
                yield self._gone_problem(line, known)
                continue
            row = known[found]
            accepted = field_map.activated_at
            if row["changes"] and not (
                accepted and row["changed_at"] and row["changed_at"] < accepted
            ):
                yield from self._changed_problems(line, row, rest)
        if self.direction != "pull" and self.push_create:
            yield from self._newly_required(field_map, known)

    def _used_lines(self, field_map):
        """The lines that the direction of the flow uses."""
        lines = field_map.line_ids._in_force()
        if self.direction == "both":
            return lines
        return lines.filtered(lambda line: line.direction in (self.direction, "both"))

    def _line_direction(self, line):
        only_out = self.direction == "push" or line.direction == "push"
        return "push" if only_out else "pull"

    def _sends(self, line):
        return self.direction != "pull" and line.direction != "pull"

    def _field_problem(self, code, line, cause, params, blocking=False):
        return Problem(
            "mapping",
            code,
            field=line.target,
            cause=cause,
            params={
                "label": line.target_label or line.target,
                "path": line.remote_path,
                "flow": self.name,
                "vendor": self.connection_id._provider()._provider_label,
                **params,
            },
            blocking=blocking,
        )

    def _gone_problem(self, line, known):
        row = known.get(compat.locate(line.remote_path, known)[0]) or {}
        direction = self._line_direction(line)
        return direction, self._field_problem(
            "field_gone",
            line,
            line.remote_path,
            {
                "name": row.get("label") or line.remote_path,
                "required": line.required,
                "direction": direction,
            },
            blocking=line.required,
        )

    def _changed_problems(self, line, row, rest):
        changes = row["changes"]
        direction = self._line_direction(line)
        name = {"name": row["label"]}
        if "kind" in changes:
            before, after = (compat.kind_at(kind, rest) for kind in changes["kind"])
            if line._kind_verdict(after).severity != compat.OK:
                problem = self._field_problem(
                    "field_type",
                    line,
                    f"{line.remote_path}:{after}",
                    {**name, "before": before, "after": after},
                )
                yield direction, problem
        lost = set(changes.get("options", ())) & line._mapped_values()
        if lost:
            values = ", ".join(sorted(lost)[:5])
            problem = self._field_problem(
                "field_options",
                line,
                f"{line.remote_path}:{','.join(sorted(lost))[:100]}",
                {**name, "values": values},
            )
            yield direction, problem
        if not self._sends(line):
            return
        if "required" in changes and not line.required:
            problem = self._field_problem(
                "field_required", line, line.remote_path, {**name, "mapped": True}
            )
            yield "push", problem
        if "writable" in changes:
            problem = self._field_problem(
                "field_read_only", line, line.remote_path, name
            )
            yield "push", problem

    def _newly_required(self, field_map, known):
        """What the vendor wants of new records now, and nothing is mapped to."""
        mapped = {
            compat.locate(line.remote_path, known)[0]
            for line in field_map.line_ids
            if line.direction != "pull"
        }
        for path, row in known.items():
            required = row["state"] == "present" and (row["changes"] or {}).get(
                "required"
            )
            if required and path not in mapped:
                yield (
                    "push",
                    Problem(
                        "mapping",
                        "field_required",
                        cause=path,
                        params={
                            "label": "",
                            "name": row["label"],
                            "path": path,
                            "flow": self.name,
                            "vendor": self.connection_id._provider()._provider_label,
                            "mapped": False,
                        },
                        blocking=False,
                    ),
                )

    def _take_back(self, paths):
        """A field is back: read and send again what rested meanwhile.

        The vendor doesn't call a record changed because one of its fields is back.
        """
        for flow in self:
            back = [
                line
                for line in flow.active_map_id.line_ids
                if compat.locate(line.remote_path, set(paths))[0]
            ]
            if any(line.direction != "push" for line in back) and (
                flow.direction != "push"
            ):
                flow.cursor = False
                flow._enqueue_pull()
            if any(flow._sends(line) for line in back):
                flow._send_bound_again()

    def _send_bound_again(self):
        """Let all records that are bound be compared with what was sent last.

        What differs in nothing costs no request.
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_change (
                    create_date, state, correlation_id, flow_id, res_model, res_id,
                    operation)
                SELECT %(now)s, 'pending', %(correlation)s, %(flow)s, %(model)s,
                       b.res_id, 'write'
                  FROM connector_binding b
                 WHERE b.connection_id = %(connection)s AND b.entity = %(entity)s
                   AND b.res_model = %(model)s AND b.state = 'synced'
                   AND NOT EXISTS (
                    SELECT FROM connector_change c
                     WHERE c.flow_id = %(flow)s AND c.res_id = b.res_id)
                 ORDER BY b.res_id
                RETURNING id
                """,
                now=fields.Datetime.now(),
                correlation=correlation_of(self.env),
                flow=self.id,
                model=self.res_model,
                connection=self.connection_id.id,
                entity=self.entity,
            )
        )
        if rows:
            self.env["connector.job"]._wake_lanes({self.lane})
