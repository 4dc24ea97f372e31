import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.hashing import fingerprint

#: Hours within which a person should have decided, by error class.
SLA_HOURS = {"authentication": 4, "closed_period": 8, "conflict": 24}
SLA_DEFAULT_HOURS = 48


class ConnectorException(models.Model):
    """How causes open, are renewed, and close themselves; always for a whole batch."""

    _inherit = "connector.exception"

    # -- report ---------------------------------------------------------------

    @api.model
    def _report(self, flow, cases):
        """Open or renew the exceptions of records that could not be taken as they came.

        :param cases: list of ``(connector_mapper.Mapped, records.Problem)``
        """
        connection = flow.connection_id
        ignored = self._ignored(flow, cases)
        by_print = {}
        for mapped, problem in cases:
            key = self._fingerprint(flow, problem)
            if (key, mapped.record.remote_id) in ignored:
                continue
            by_print.setdefault(key, []).append((mapped, problem))
        exceptions = self._open_causes(
            connection,
            {
                key: self._cause_vals(flow, group[0][1])
                for key, group in by_print.items()
            },
        )
        self.env["connector.exception.item"]._note(
            flow, [(exceptions[key], group) for key, group in by_print.items()]
        )

    def _ignored(self, flow, cases):
        """``{(fingerprint, remote id)}`` of what people let be and is as it was."""
        payloads = {m.record.remote_id: m.record.values for m, _problem in cases}
        items = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", flow.id),
                ("direction", "=", "pull"),
                ("state", "=", "ignored"),
                ("remote_id", "in", list(payloads)),
            ]
        )
        kept = flow._entity_model()._kept_payload
        return {
            (item.exception_id.fingerprint, item.remote_id)
            for item in items
            if item.payload == kept(flow, payloads[item.remote_id])
        }

    def _fingerprint(self, flow, problem):
        # A field of two entities with the same value map is one cause.
        place = (None, None) if problem.shared else (flow.id, problem.field)
        return fingerprint(problem.error_class, *place, problem.code, problem.cause)

    def _cause_vals(self, flow, problem):
        entity = flow._entity_model()
        return {
            "name": self._sentence(problem.code, problem.params),
            "connection_id": flow.connection_id.id,
            "flow_id": None if problem.shared else flow.id,
            "domain": entity._entity_domain,
            "error_class": problem.error_class,
            "code": problem.code,
            "field_name": problem.field,
            "cause": problem.cause,
            "blocking": problem.blocking,
            "blocks_closing": entity._blocks_closing(problem),
            "has_items": True,
            "user_id": flow.owner_id.id or flow.connection_id.owner_id.id,
        }

    def _open_causes(self, connection, vals_by_print):
        """``{fingerprint: open exception}``, made where there is none; one query."""
        found = {
            exception.fingerprint: exception
            for exception in self.search(
                [
                    ("connection_id", "=", connection.id),
                    ("fingerprint", "in", list(vals_by_print)),
                    ("state", "=", "open"),
                ]
            )
        }
        now = fields.Datetime.now()
        self.union(*found.values()).write({"last_seen_at": now})
        missing = [key for key in vals_by_print if key not in found]
        rows = [{**vals_by_print[key], "fingerprint": key} for key in missing]
        for vals in rows:
            hours = SLA_HOURS.get(vals["error_class"], SLA_DEFAULT_HOURS)
            vals["sla_deadline"] = now + datetime.timedelta(hours=hours)
        self._route(connection, rows, now)
        created = self.with_context(mail_create_nolog=True).create(rows)
        return {**found, **dict(zip(missing, created, strict=True))}

    @api.model
    def _report_job(self, job, error_class, code, sentence, error):
        """Open the exception of a job that no retry helps, without a record of its own.

        :param error: the exception that ended it
        """
        params = getattr(error, "params", {})
        key = fingerprint(error_class, "job", job.connection_id.id, code)
        if error_class != "authentication":
            key = fingerprint(error_class, job.flow_id.id, job.method_name, code)
        flow = job.flow_id if error_class != "authentication" else job.flow_id.browse()
        entity = self.env["connector.entity"]._named(flow.entity)
        self._open_causes(
            job.connection_id,
            {
                key: {
                    "name": sentence,
                    "connection_id": job.connection_id.id,
                    "flow_id": flow.id or None,
                    "domain": "general" if entity is None else entity._entity_domain,
                    "error_class": error_class,
                    "code": code,
                    "cause": params.get("scope"),
                    "direction": "push"
                    if job.model_name == "connector.push"
                    else "pull",
                    "blocking": True,
                    "user_id": job.connection_id.owner_id.id or job.flow_id.owner_id.id,
                }
            },
        )

    # -- settle ---------------------------------------------------------------

    @api.model
    def _settle_items(self, flow, remote_ids, still=()):
        """Close what held these records: they have been taken now.

        :param still: ``{(remote id, fingerprint)}`` of problems that remain
        """
        self._settle_held(flow, "pull", "remote_id", remote_ids, still)

    @api.model
    def _settle_held(self, flow, direction, name, ids, still):
        """Close what held records that are named by one of the items' fields.

        One query where nothing was held, three where something was.

        :param name: ``remote_id`` or ``res_id``
        :param still: ``{(id, fingerprint)}`` of problems that remain
        """
        if not ids:
            return
        items = self.env["connector.exception.item"]
        items.flush_model(["state", "flow_id", "direction", name])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT i.id, i.%(name)s, e.fingerprint
                  FROM connector_exception_item i
                  JOIN connector_exception e ON e.id = i.exception_id
                 WHERE i.flow_id = %(flow)s AND i.direction = %(direction)s
                   AND i.state = 'open' AND i.%(name)s IN %(ids)s
                """,
                name=SQL.identifier(name),
                flow=flow.id,
                direction=direction,
                ids=tuple(ids),
            )
        )
        done = [item for item, key, cause in rows if (key, cause) not in still]
        items.browse(done)._close("resolved")

    @api.model
    def _settle_flow(self, flow, direction="pull"):
        """Close what kept the whole flow from running: it has run now."""
        self.search(
            [
                ("flow_id", "=", flow.id),
                ("direction", "=", direction),
                ("state", "=", "open"),
                ("has_items", "=", False),
            ]
        )._close_if_done()
        # A run that had begun before it was stopped says nothing about that.
        if flow.connection_id.state == "connected":
            self._settle_connection(flow.connection_id)

    @api.model
    def _settle_connection(self, connections):
        """Close what kept connections from working: they work now."""
        self.search(
            [
                ("connection_id", "in", connections.ids),
                ("flow_id", "=", False),
                ("state", "=", "open"),
                ("has_items", "=", False),
            ]
        )._close_if_done()

    def _close_if_done(self):
        done = self.sudo().filtered(lambda e: e.state == "open" and not e.open_count)
        if not done:
            return
        done.write(
            {"state": "resolved", "resolved_at": fields.Datetime.now(), "retry_left": 0}
        )
        done.activity_unlink(["mail.mail_activity_data_todo"])
