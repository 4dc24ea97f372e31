import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.outbox import ARCHIVE, UNLINK, WRITE
from .connector_outbox import NOTES, WRITER
from .correlation import correlation_of
from .loose_many2one import LooseMany2one

#: Key under which a cursor knows the lanes that its transaction has woken.
WOKEN = "connector_base.woken_lanes"


class ConnectorChange(models.Model):
    """What must go out: an Odoo record that changed, for one flow (the outbox).

    Written in the business transaction that changed the record, so that what is
    committed is never forgotten and what is rolled back never goes out. Rows are only
    ever inserted there, never updated: two people's transactions don't wait for each
    other. Several rows of a record are made one when the push reads them, which deletes
    what it has done.
    """

    _name = "connector.change"
    _description = "Connector Outgoing Change"
    _inherit = ["connector.guard", "connector.record.mixin"]
    _order = "id desc"
    _rec_name = "res_id"
    # Who changed the record stands with the record; a change itself never changes.
    _log_access = False

    create_date = fields.Datetime(string="When", readonly=True)
    # A key would also lock the flow's row, in the writes of all who work with Odoo.
    # Rows of deleted flows are deleted by _gc_orphans.
    flow_id = LooseMany2one("connector.flow", required=True, readonly=True)
    connection_id = fields.Many2one(related="flow_id.connection_id")
    company_id = fields.Many2one(related="flow_id.company_id")
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", required=True, readonly=True
    )
    operation = fields.Selection(
        [
            ("create", "Created"),
            ("write", "Changed"),
            ("archive", "Archived"),
            ("unlink", "Deleted"),
        ],
        required=True,
        readonly=True,
    )
    field_names = fields.Json(
        readonly=True, help="Odoo fields that changed; empty for all of them."
    )
    state = fields.Selection(
        [("pending", "Waiting"), ("held", "Held")],
        required=True,
        readonly=True,
        default="pending",
        help="What is held waits for a person's decision.",
    )
    correlation_id = fields.Char(string="Trail", readonly=True)
    user_id = LooseMany2one(
        "res.users",
        string="By",
        readonly=True,
        help="Who changed the record; empty where a job or a scheduled action did.",
    )
    remote_id = fields.Char(
        string="Remote ID",
        readonly=True,
        help="The remote record of one that was deleted in Odoo.",
    )
    fields_line = fields.Char(string="Fields", compute="_compute_fields_line")

    _pending_idx = models.Index("(flow_id, id) WHERE state = 'pending'")
    # Without the model: few models share an id, and short keys are written faster.
    _record_idx = models.Index("(res_id)")

    @api.depends("record_name", "res_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = change.record_name or str(change.res_id)

    @api.depends("res_model", "field_names")
    def _compute_fields_line(self):
        for change in self:
            known = (
                self.env[change.res_model]._fields
                if change.res_model in self.env
                else {}
            )
            change.fields_line = ", ".join(
                known[name]._description_string(self.env) if name in known else name
                for name in change.field_names or ()
            )

    # -- recording ------------------------------------------------------------

    @api.model
    def _record_noted(self):
        """Write what the transaction noted to the outbox, in one statement."""
        data = self.env.cr.precommit.data
        notes, writer = data.pop(NOTES, None), data.pop(WRITER, None)
        if notes is None:
            return
        flows = self.env["connector.flow"]._watch_list().flows
        reached = {}
        for source, ids in notes.take_related():
            if source.flow_id in flows:
                # Several fields may be reached by one path: asked once.
                key = (flows[source.flow_id].res_model, source.path, tuple(ids))
                if key not in reached:
                    reached[key] = self._reached_by(source, ids)
                names = frozenset({source.name})
                notes.add(source.flow_id, WRITE, names, reached[key])
        rows = [
            self._rows(flows[flow_id], operation, names, ids)
            for flow_id, operation, names, ids in notes.take_groups()
            if flow_id in flows and ids
        ]
        if rows:
            inserted = self._insert(rows, writer)
            self._wake(flows[flow_id] for flow_id in inserted)

    @api.model
    def _reached_by(self, source, ids):
        """Ids of the flow's records that reach records by the source's path."""
        flow = self.env["connector.flow"]._watch_list().flows[source.flow_id]
        model = self.env[flow.res_model].sudo().with_context(active_test=False)
        return model.search([(source.path, "in", list(ids))], order="id")._ids

    @api.model
    def _rows(self, flow, operation, names, ids):
        """SQL of the rows of one change of many records.

        What is neither bound to the connection nor may be created there is left out.
        """
        bound = SQL(
            "SELECT res_id, remote_id FROM connector_binding"
            " WHERE res_model = %s AND res_id = ANY(%s)"
            " AND connection_id = %s AND entity = %s",
            flow.res_model,
            list(ids),
            flow.connection_id,
            flow.entity,
        )
        if operation in (ARCHIVE, UNLINK) or flow.domain is None:
            records = bound
        else:
            model = self.env[flow.res_model].with_context(active_test=False)
            query = model._search(Domain("id", "in", list(ids)) & flow.domain)
            records = SQL(
                "SELECT r.id AS res_id, NULL AS remote_id"
                " FROM unnest(%s::integer[]) AS r(id)"
                " WHERE r.id IN (SELECT res_id FROM (%s) b) OR r.id IN %s",
                list(ids),
                bound,
                query.subselect(),
            )
        return SQL(
            "SELECT %s, %s, res_id, %s, %s::jsonb, %s FROM (%s) AS records",
            flow.id,
            flow.res_model,
            operation,
            json.dumps(names) if names else None,
            SQL("remote_id") if operation == UNLINK else SQL("NULL"),
            records,
        )

    @api.model
    def _insert(self, rows, user_id=None):
        """Insert rows; :return: ids of the flows that have any

        :param user_id: the person who changed the records, or ``None``
        """
        inserted = self.env.execute_query(
            SQL(
                """
                WITH inserted AS (
                    INSERT INTO connector_change (
                        create_date, state, correlation_id, user_id,
                        flow_id, res_model, res_id, operation, field_names, remote_id
                    )
                    SELECT %s, 'pending', %s, %s::integer, changes.*
                      FROM (%s) AS changes
                    RETURNING flow_id
                )
                SELECT DISTINCT flow_id FROM inserted
                """,
                fields.Datetime.now(),
                correlation_of(self.env),
                user_id,
                SQL(" UNION ALL ").join(rows),
            )
        )
        return [row[0] for row in inserted]

    @api.model
    def _written(self, flow, res_id, field_names=None, correlation_id=None):
        """Values of a row that says that a record is to go out once more."""
        return {
            "create_date": fields.Datetime.now(),
            "flow_id": flow.id,
            "res_model": flow.res_model,
            "res_id": res_id,
            "operation": WRITE,
            "field_names": field_names,
            "state": "pending",
            "correlation_id": correlation_id or correlation_of(self.env),
            "remote_id": None,
        }

    @api.model
    def _wake(self, flows):
        """Wake the flows' lanes, each once in a transaction."""
        woken = self.env.cr.cache.setdefault(WOKEN, set())
        lanes = {flow.lane for flow in flows} - woken
        if lanes:
            woken |= lanes
            self.env["connector.job"]._wake_lanes(lanes)

    @api.autovacuum
    def _gc_orphans(self):
        """Delete what was recorded for flows that are deleted by now."""
        self.env.execute_query(
            SQL(
                """
                DELETE FROM connector_change c
                 WHERE NOT EXISTS (SELECT FROM connector_flow f WHERE f.id = c.flow_id)
                RETURNING id
                """
            )
        )

    # -- people ---------------------------------------------------------------

    def action_open_exception(self):
        """What holds the record, and what to do about it."""
        self.ensure_one()
        item = self.env["connector.exception.item"].search(
            [
                ("flow_id", "=", self.flow_id.id),
                ("direction", "=", "push"),
                ("res_id", "=", self.res_id),
                ("state", "=", "open"),
            ],
            limit=1,
        )
        locked = not item and self._locked_binding()
        if locked:
            return {
                "type": "ir.actions.act_window",
                "res_model": "connector.binding",
                "res_id": locked.id,
                "views": [(False, "form")],
            }
        if not item:
            raise UserError(
                self.env._(
                    "Nothing holds the record any more: it goes out with the next push."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "res_model": "connector.exception",
            "res_id": item.exception_id.id,
            "views": [(False, "form")],
        }

    def _locked_binding(self):
        return self.env["connector.binding"].search(
            [
                ("connection_id", "=", self.flow_id.connection_id.id),
                ("entity", "=", self.flow_id.entity),
                ("res_id", "=", self.res_id),
                ("state", "=", "locked"),
            ],
            limit=1,
        )
