from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .bulk_insert import bulk_insert
from .correlation import correlation_of

#: States in which a binding can be locked.
LOCKABLE = ("synced", "archived")


class ConnectorBinding(models.Model):
    """Keep a record out of the synchronization for a while, for a reason.

    What the vendor changes meanwhile isn't taken, what Odoo changes waits. Unlocking
    catches up on both. Who locked it, when and why stands in the log.
    """

    _inherit = "connector.binding"

    def action_lock(self, reason=None):
        """Lock these records for their connection; without a reason, ask for one.

        :raises UserError: where one can't be locked, or the reason is blank
        """
        self.check_access("write")
        if reason is None:
            return self._ask_lock_reason()
        reason = reason.strip()
        if not reason:
            raise UserError(self.env._("Say why the record is locked."))
        for binding in self.filtered(lambda b: b.state not in (*LOCKABLE, "locked")):
            raise UserError(
                self.env._(
                    "%s can't be locked: it is being made remotely right now, or"
                    " isn't in Odoo any more.",
                    binding.record_name or binding.remote_id,
                )
            )
        # One that is locked already may get another reason.
        changed = self.filtered(lambda b: b.lock_reason != reason)
        changed.sudo().write({"state": "locked", "lock_reason": reason})
        changed._log_lock("lock", reason)
        return False

    def action_unlock(self):
        """Let these records be synchronized again, beginning with what was missed."""
        self.check_access("write")
        locked = self.sudo().filtered(lambda b: b.state == "locked")
        if not locked:
            raise UserError(self.env._("None of these records is locked."))
        reasons = {binding.id: binding.lock_reason for binding in locked}
        locked.write({"state": "synced", "lock_reason": False, "content_hash": False})
        for binding in locked:
            binding._log_lock("unlock", reasons[binding.id])
        for flow, bindings in locked.grouped("flow_id").items():
            if flow.direction != "push":
                remote_ids = list(filter(None, bindings.mapped("remote_id")))
                self.env["connector.pull"].sudo()._enqueue_ids(flow, remote_ids)
            if flow.direction != "pull":
                flow._send_what_waits(bindings.mapped("res_id"))
        return False

    def _ask_lock_reason(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Lock"),
            "res_model": "connector.lock",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_binding_ids": self.ids},
        }

    def _log_lock(self, action, reason):
        self.env["connector.log"].sudo().create(
            [
                {
                    "connection_id": binding.connection_id.id,
                    "company_id": binding.company_id.id,
                    "flow_id": binding.flow_id.id,
                    "direction": "pull",
                    "action": action,
                    "res_model": binding.res_model,
                    "res_id": binding.res_id,
                    "remote_id": binding.remote_id,
                    "note": reason,
                    "correlation_id": correlation_of(self.env),
                    "user_id": self.env.uid,
                }
                for binding in self
            ]
        )


class ConnectorFlow(models.Model):
    _inherit = "connector.flow"

    def _send_what_waits(self, res_ids):
        """Let changes of records go out that were kept while they were locked.

        Each gets one, so that what nobody recorded is seen, too.
        """
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE connector_change SET state = 'pending'
                 WHERE flow_id = %s AND res_id = ANY(%s) RETURNING res_id
                """,
                self.id,
                list(res_ids),
            )
        )
        changes = self.env["connector.change"].sudo()
        missing = sorted(set(res_ids) - {res_id for (res_id,) in rows})
        bulk_insert(changes, [changes._written(self, res_id) for res_id in missing])
        changes.invalidate_model(["state"])
        self._enqueue_push()
