from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.records import Problem, RemoteRecord
from .bulk_insert import bulk_insert
from .connector_mapper import Mapped
from .correlation import correlation_of


class ConnectorBinding(models.Model):
    """What becomes of bindings when two Odoo records are made one."""

    _inherit = "connector.binding"

    state = fields.Selection(
        selection_add=[("merged", "One With Another in Odoo")],
        ondelete={"merged": "set default"},
    )
    merged_into_id = fields.Many2one(
        "connector.binding",
        string="One With",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Two remote records are one in Odoo: this one is kept in sync.",
    )

    @api.model
    def _move_records(self, res_model, source_ids, target_id):
        """Let all that is known of some records be known of another, before they go.

        Where a connection has bound both, there are two remote records and one in Odoo:
        the target's stays in sync, the other's is left alone and reported.

        :param source_ids: ids of the records that are merged away
        """
        if not source_ids:
            return
        bindings = self.sudo()
        moving = bindings.search(
            [("res_model", "=", res_model), ("res_id", "in", list(source_ids))],
            order="id",
        )
        staying = {
            (binding.connection_id.id, binding.entity): binding
            for binding in bindings.search(
                [("res_model", "=", res_model), ("res_id", "=", target_id)]
            )
        }
        moved, doubled = [], []
        for binding in moving:
            key = (binding.connection_id.id, binding.entity)
            kept = staying.get(key)
            if kept is None or not kept.remote_id:
                if kept:
                    # Was about to be made there: it is there already.
                    kept.unlink()
                binding.res_id = target_id
                # Both were compared with Odoo's values of one of them only.
                binding.content_hash = False
                staying[key] = binding
                moved.append(binding)
            elif not binding.remote_id:
                binding.unlink()
            else:
                earlier = bindings.search([("merged_into_id", "=", binding.id)])
                (binding | earlier).merged_into_id = kept
                binding.state = "merged"
                doubled.append((binding, kept))
        bindings.flush_model()
        self._move_waiting(res_model, list(source_ids), target_id)
        self._log_moves(res_model, target_id, moved, doubled)
        self._report_doubled(doubled)

    def _move_waiting(self, res_model, source_ids, target_id):
        """Move what waits for the records: changes, held ones, candidates, decisions.

        Where the target has the same already, its own stays.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE connector_change SET res_id = %s"
                " WHERE res_model = %s AND res_id = ANY(%s)",
                target_id,
                res_model,
                source_ids,
            )
        )
        for table, key, condition in (
            ("connector_exception_item", "exception_id, flow_id", "direction = 'push'"),
            ("connector_match_candidate", "item_id", "TRUE"),
            ("connector_match_decision", "connection_id, entity", "TRUE"),
        ):
            self.env.cr.execute(
                SQL(
                    """
                    WITH ranked AS (
                        SELECT id, res_id, row_number() OVER (
                                PARTITION BY %(key)s
                                ORDER BY (res_id = %(target)s) DESC, id) AS number
                          FROM %(table)s
                         WHERE res_model = %(model)s AND %(condition)s
                           AND res_id = ANY(%(ids)s)
                    ), dropped AS (
                        DELETE FROM %(table)s t USING ranked r
                         WHERE t.id = r.id AND r.number > 1
                    )
                    UPDATE %(table)s t SET res_id = %(target)s FROM ranked r
                     WHERE t.id = r.id AND r.number = 1 AND t.res_id <> %(target)s
                    """,
                    table=SQL.identifier(table),
                    key=SQL(key),  # pylint: disable=sql-injection
                    condition=SQL(condition),  # pylint: disable=sql-injection
                    model=res_model,
                    ids=[*source_ids, target_id],
                    target=target_id,
                )
            )
        self.env.invalidate_all(flush=False)

    def _log_moves(self, res_model, target_id, moved, doubled):
        notes = [
            (
                binding,
                self.env._("Merged in Odoo: goes on with the record that was kept."),
            )
            for binding in moved
        ]
        notes += [
            (
                binding,
                self.env._(
                    "Merged in Odoo with the record of %s, which is kept in sync.",
                    kept.remote_id,
                ),
            )
            for binding, kept in doubled
        ]
        bulk_insert(
            self.env["connector.log"].sudo(),
            [
                {
                    "create_date": fields.Datetime.now(),
                    "connection_id": binding.connection_id.id,
                    "company_id": binding.company_id.id,
                    "flow_id": binding.flow_id.id,
                    "direction": "push",
                    "action": "merge",
                    "res_model": res_model,
                    "res_id": target_id,
                    "remote_id": binding.remote_id or None,
                    "correlation_id": correlation_of(self.env),
                    "note": note,
                }
                for binding, note in notes
            ],
        )

    def _report_doubled(self, doubled):
        """Say that two remote records are one in Odoo."""
        by_flow = {}
        for binding, kept in doubled:
            if binding.flow_id:
                by_flow.setdefault(binding.flow_id, []).append((binding, kept))
        for flow, pairs in by_flow.items():
            vendor = flow.connection_id._provider()._provider_label
            self.env["connector.exception"].sudo()._report(
                flow,
                [
                    (
                        Mapped(
                            record=RemoteRecord(binding.remote_id, {}),
                            digest="",
                            canonical={"name": binding.record_name or ""},
                        ),
                        Problem(
                            "conflict",
                            "merged_in_odoo",
                            params={"vendor": vendor},
                            details={
                                "remote_id": binding.remote_id,
                                "kept_id": kept.remote_id,
                            },
                            blocking=False,
                        ),
                    )
                    for binding, kept in pairs
                ],
            )

    @api.model
    def _res_ids(self, connection, entity, remote_ids):
        """``{remote id: Odoo id}`` of what is bound, in one query.

        What was merged in Odoo leads to the record that was kept.
        """
        if not remote_ids:
            return {}
        self.flush_model(["connection_id", "entity", "remote_id", "res_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT b.remote_id, COALESCE(kept.res_id, b.res_id)
                      FROM connector_binding b
                      LEFT JOIN connector_binding kept ON kept.id = b.merged_into_id
                     WHERE b.connection_id = %s AND b.entity = %s
                       AND b.remote_id IN %s
                    """,
                    connection.id,
                    entity,
                    tuple(remote_ids),
                )
            )
        )


class ConnectorBoundMixin(models.AbstractModel):
    _inherit = "connector.bound.mixin"

    def _connector_absorb(self, others):
        """Take over the bindings of records that are about to be merged into this one.

        To be called by whatever merges records, before it deletes them.
        """
        self.ensure_one()
        self.env["connector.binding"]._move_records(
            self._name, (others - self).ids, self.id
        )


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _sentence_merged_in_odoo(self, params):
        if "remote_id" in params:
            return self.env._(
                "%(remote_id)s and %(kept_id)s are two records at %(vendor)s and one in"
                " Odoo, which follows %(kept_id)s.",
                **params,
            )
        return self.env._(
            "Two records at %s are one in Odoo since they were merged there.",
            params["vendor"],
        )

    def _advice_merged_in_odoo(self):
        return self.env._(
            "Merge them in the remote system, too, or ignore this: changes of the"
            " second one are then not taken over."
        )
