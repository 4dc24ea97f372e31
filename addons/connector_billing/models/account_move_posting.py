from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.connector_base.service_user import as_worker

#: Documents that are posted in one transaction, and committed together.
BATCH = 100


class AccountMove(models.Model):
    """Documents of a billing system that wait for their window, or for approval."""

    _inherit = "account.move"

    def action_connector_approve(self):
        """Approve documents and post them, with a note of who did."""
        if not self.env.user.has_group("connector_base.group_finance_approver"):
            raise AccessError(
                self.env._("Only a finance approver posts what a billing system bills.")
            )
        self.check_access("read")
        waiting = self.filtered(
            lambda move: move.connector_to_post and move.state == "draft"
        )
        if not waiting:
            raise UserError(self.env._("None of these documents waits to be posted."))
        posted = waiting.sudo()._connector_post_waiting()
        note = self.env._("Approved and posted by %s.", self.env.user.name)
        posted._message_log_batch(
            bodies={move.id: Markup("<p>%s</p>") % note for move in posted}
        )
        left = len(waiting) - len(posted)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": self.env._(
                    "%(posted)s posted; %(left)s go on waiting: the list says why.",
                    posted=len(posted),
                    left=left,
                )
                if left
                else self.env._("%s documents are posted.", len(posted)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    @api.model
    def _cron_connector_post(self):
        """Post what waits where the window is open, a batch a transaction."""
        policies = self.env["connector.billing.policy"].search(
            [("posting", "!=", "approval")]
        )
        connections = policies.filtered(lambda p: p._posts_now()).connection_id
        waiting = self.search(
            [
                ("connector_to_post", "=", True),
                ("state", "=", "draft"),
                ("connector_connection_id", "in", connections.ids),
            ],
            order="company_id, date, id",
        )
        ids = waiting.ids
        for start in range(0, len(ids), BATCH):
            self.browse(ids[start : start + BATCH])._connector_post_waiting()
            left = len(ids) - start - BATCH
            if not self.env["ir.cron"]._commit_progress(
                min(BATCH, len(ids) - start), remaining=max(left, 0)
            ):
                break

    def _connector_post_waiting(self):
        """Post what can be; what can't says why, and goes on waiting.

        :return: the documents that are posted
        """
        ready, reasons = [], {}
        for connection, moves in self.grouped("connector_connection_id").items():
            policy = self.env["connector.billing.policy"]._for(connection)
            for move in moves.with_company(policy.company_id):
                reason = move._connector_open_date(policy)
                if reason:
                    reasons.setdefault(reason, []).append(move.id)
                else:
                    ready.append(move)

        def post(part):
            moves = self.browse([move.id for move in part])
            as_worker(moves, moves.company_id)._post(soft=False)

        failed = self.env["connector.import"]._isolated(ready, post)
        for move, problem in failed:
            reason = problem.params.get("detail") or self.env[
                "connector.exception"
            ]._sentence(problem.code, problem.params)
            reasons.setdefault(reason, []).append(move.id)
        for reason, ids in reasons.items():
            self.browse(ids).connector_wait_reason = reason
        return self.filtered(lambda move: move.state == "posted")

    def _connector_open_date(self, policy):
        """Move a draft to an open period, as the policy says.

        :return: why it can't be posted, as a sentence, or ``None``
        """
        self.ensure_one()
        taxed = bool(self.invoice_line_ids.tax_ids)
        day, problem = policy._booking_date(self.date, taxed, self.journal_id)
        if problem:
            return self.env["connector.exception"]._sentence(
                problem.code, {**problem.params, **problem.details}
            )
        if day != self.date:
            as_worker(self, self.company_id).date = day
        return None


class ConnectorBillingPolicy(models.Model):
    _inherit = "connector.billing.policy"

    def _posts_now(self):
        """Whether what waits may be posted now, without anybody's approval."""
        if self.posting != "window":
            # What waits from the time of another choice.
            return self.posting == "immediate"
        now = fields.Datetime.context_timestamp(
            self.with_context(tz=self.connection_id.tz or "UTC"),
            fields.Datetime.now(),
        )
        hour = now.hour + now.minute / 60
        if self.window_start <= self.window_end:
            return self.window_start <= hour < self.window_end
        return hour >= self.window_start or hour < self.window_end
