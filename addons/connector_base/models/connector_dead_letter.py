import json

from odoo import api, fields, models
from odoo.tools import SQL

from ..engine.hashing import fingerprint


def readable(payload):
    """A job's payload as people read and correct it."""
    return json.dumps(payload or {}, indent=2, ensure_ascii=False, sort_keys=True)


class ConnectorJob(models.Model):
    """Dead letters: put back into the queue, and closed when their work is done."""

    _inherit = "connector.job"

    original_kwargs = fields.Json(
        string="Original Payload",
        readonly=True,
        groups="connector_base.group_operator",
        help="The payload before it was corrected.",
    )
    edited_by_id = fields.Many2one("res.users", string="Corrected By", readonly=True)
    edited_at = fields.Datetime(string="Corrected On", readonly=True)
    close_reason = fields.Char(string="Why It Is Closed", readonly=True)
    payload_text = fields.Text(
        compute="_compute_texts", groups="connector_base.group_operator"
    )
    original_text = fields.Text(
        compute="_compute_texts", groups="connector_base.group_operator"
    )
    request_text = fields.Char(
        string="Request",
        compute="_compute_texts",
        groups="connector_base.group_operator",
    )
    response_text = fields.Text(
        string="Response",
        compute="_compute_texts",
        groups="connector_base.group_operator",
    )
    error_code = fields.Char(
        string="Code", compute="_compute_texts", groups="connector_base.group_operator"
    )

    _dead_idx = models.Index("(method_name, flow_id) WHERE state = 'dead'")

    @api.depends("kwargs", "original_kwargs", "error_detail")
    def _compute_texts(self):
        for job in self:
            job.payload_text = readable(job.kwargs)
            job.original_text = readable(job.original_kwargs)
            detail = job.error_detail or {}
            request = detail.get("request") or {}
            response = detail.get("response") or {}
            job.request_text = (
                f"{request['method']} {request['url']}" if request else ""
            )
            job.response_text = (
                f"{response['status']} {response['body']}" if response else ""
            )
            job.error_code = detail.get("code")

    # -- replay ---------------------------------------------------------------

    def action_retry(self):
        """Put dead letters and cancelled jobs back into the queue."""
        self.check_access("write")
        self.sudo()._replay()

    def _replay(self):
        """Put dead letters and cancelled jobs back into the queue, all at once.

        Of several that do the same work one goes; where one waits already, none. What
        is done, waits or runs is left alone.

        :return: ``{what became of them: number}`` with the keys ``replayed``,
            ``covered``, ``done``, ``running`` and ``waiting``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, identity_key, lane FROM connector_job
                 WHERE id = ANY(%s) AND state IN ('dead', 'cancelled')
                 ORDER BY id DESC FOR UPDATE
                """,
                self.ids,
            )
        )
        others = self.browse(set(self.ids) - {row[0] for row in rows})
        states = others.mapped("state")
        taken = self._waiting_keys([key for _id, key, _lane in rows if key])
        again, covered, lanes = [], [], set()
        for job_id, key, lane in rows:
            if key and key in taken:
                covered.append(job_id)
                continue
            taken.add(key)
            again.append(job_id)
            lanes.add(lane)
        self._put_back(again)
        self.browse(covered)._close_covered(
            self.env._("Another job that waits does the same work.")
        )
        if lanes:
            self._wake_lanes(lanes)
        return {
            "replayed": len(again),
            "covered": len(covered),
            "done": states.count("done"),
            "running": states.count("started"),
            "waiting": states.count("pending") + states.count("waiting"),
        }

    def _waiting_keys(self, keys):
        """Those identity keys of which a job waits already."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT identity_key FROM connector_job
                 WHERE identity_key = ANY(%s) AND state IN ('waiting', 'pending')
                """,
                keys,
            )
        )
        return {row[0] for row in rows}

    def _put_back(self, job_ids):
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_job
                   SET state = 'pending', attempt = 0, eta = %s, worker = NULL,
                       session_key = NULL, finished_at = NULL, close_reason = NULL
                 WHERE id = ANY(%s) RETURNING id
                """,
                fields.Datetime.now(),
                job_ids,
            )
        )
        self.invalidate_model(flush=False)

    def _close_covered(self, reason):
        self.sudo()._finish({"state": "cancelled", "close_reason": reason})

    # -- a later try ----------------------------------------------------------

    def _after_jobs(self, rows):
        super()._after_jobs(rows)
        if rows:
            ids = [row["id"] for row in rows]
            self._in_transaction(lambda: self.browse(ids)._settle_done())

    def _settle_done(self):
        """Close the dead letters whose work these jobs did, and what was said of them.

        Those of the same call, or that wanted no other records than were read now.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT flow_id, method_name, covered FROM (
                    SELECT j.flow_id, j.method_name, ARRAY(
                        SELECT d.id FROM connector_job d
                         WHERE d.state = 'dead' AND d.method_name = j.method_name
                           AND d.flow_id IS NOT DISTINCT FROM j.flow_id
                           AND d.model_name = j.model_name
                           AND d.record_ids IS NOT DISTINCT FROM j.record_ids
                           AND (d.kwargs = j.kwargs OR d.identity_key = j.identity_key
                                OR d.method_name = '_job_pull_ids'
                                   AND d.kwargs -> 'remote_ids'
                                       <@ (j.kwargs -> 'remote_ids'))
                           AND d.finished_at <= j.finished_at) AS covered
                      FROM connector_job j WHERE j.id = ANY(%s) AND j.state = 'done'
                ) AS done
                 WHERE covered != '{}' OR EXISTS (
                    SELECT FROM connector_exception e
                     WHERE e.flow_id = done.flow_id AND e.state = 'open')
                """,
                self.ids,
            )
        )
        covered = self.browse({job_id for *_job, ids in rows for job_id in ids})
        if covered:
            covered._close_covered(self.env._("Done by a later try."))
            self.env.flush_all()
        done = {(flow_id, method) for flow_id, method, _ids in rows if flow_id}
        self.env["connector.exception"]._settle_methods(done)

    def _cause_prints(self):
        """``{fingerprint of the exception: its jobs}``."""
        prints = {}
        for job in self:
            code = (job.error_detail or {}).get("code")
            key = fingerprint(
                job.error_class, job.flow_id.id, job.method_name, code or "bug"
            )
            prints[key] = prints.get(key, self.browse()) | job
        return prints


class ConnectorException(models.Model):
    """Causes that jobs reported stay open as long as a dead letter of theirs is."""

    _inherit = "connector.exception"

    def _dead_letters(self):
        """``{exception: its dead letters}`` of those that have any."""
        of_flows = self.filtered(lambda e: e.flow_id and not e.has_items)
        if not of_flows:
            return {}
        prints = (
            self.env["connector.job"]
            .sudo()
            .search([("flow_id", "in", of_flows.flow_id.ids), ("state", "=", "dead")])
            ._cause_prints()
        )
        return {
            exception: prints[exception.fingerprint]
            for exception in of_flows
            if exception.fingerprint in prints
        }

    @api.model
    def _settle_methods(self, done):
        """Close what jobs reported, where the like of them are done now.

        :param done: set of ``(flow id, name of the job's method)``
        """
        if not done:
            return
        reported = self.search(
            [
                ("flow_id", "in", [flow_id for flow_id, _method in done]),
                ("state", "=", "open"),
                ("has_items", "=", False),
            ]
        )
        reported.filtered(
            lambda e: any(
                e.fingerprint == fingerprint(e.error_class, flow_id, method, e.code)
                for flow_id, method in done
                if flow_id == e.flow_id.id
            )
        )._close_if_done()

    def _close_if_done(self):
        waiting = self.browse().union(*self._dead_letters())
        return super(ConnectorException, self - waiting)._close_if_done()

    def _retry(self):
        """Where dead letters are what is left, they are what is tried again."""
        dead = self.filtered(lambda e: e.state == "open")._dead_letters()
        jobs = self.env["connector.job"].sudo().union(*dead.values())
        if jobs:
            jobs._replay()
        return super(ConnectorException, self - self.browse().union(*dead))._retry()
