from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .connector_field_map import UNDECIDED
from .connector_field_map_diff import DIFFERENCE_DEPENDS

EDITORS = "connector_base.group_map_editor"
FINANCE = "connector_base.group_finance_approver"


class ConnectorFieldMap(models.Model):
    """How a draft comes to be approved: by somebody else than who made it.

    The rules hold for everybody, administrators too. An approver may have no right to
    write maps, so the buttons act with all rights once they have checked the user's.
    """

    _inherit = "connector.field.map"

    needs_finance = fields.Boolean(compute="_compute_needs_finance")
    finance_reason = fields.Char(
        string="For Finance",
        compute="_compute_needs_finance",
        help="What the changed lines touch that a finance approver must have seen.",
    )
    may_approve = fields.Boolean(compute="_compute_may_approve")
    approve_obstacle = fields.Char(compute="_compute_may_approve")

    @api.depends(*DIFFERENCE_DEPENDS)
    def _compute_needs_finance(self):
        """By what differs from the active version, not by what was there before."""
        for field_map in self:
            labels = field_map._finance_labels()
            field_map.needs_finance = bool(labels)
            field_map.finance_reason = ", ".join(labels)

    @api.depends_context("uid")
    @api.depends("state", "submitted_by_id", "last_edited_by_id", "needs_finance")
    def _compute_may_approve(self):
        for field_map in self:
            obstacle = (
                field_map._approve_obstacle()
                if field_map.state == "submitted"
                else False
            )
            field_map.approve_obstacle = obstacle
            field_map.may_approve = field_map.state == "submitted" and not obstacle

    def _finance_labels(self):
        """What people call the fields for finance that a draft changes, in order."""
        if self.state not in ("draft", "submitted", "approved") or not self.flow_id:
            return []
        entity = self.flow_id._entity_model()
        found = self._raw_difference(self.sudo().flow_id.active_map_id)
        targets = [line["target"] for line in found.added + found.removed]
        for before, after, _names in found.changed:
            targets += [before["target"], after["target"]]
        return list(
            dict.fromkeys(
                entity._entity_field(target).label
                for target in targets
                if target and entity._touches_finance(target)
            )
        )

    def _approve_obstacle(self):
        """Why the user may not approve, in one sentence; ``False`` where they may."""
        self.ensure_one()
        user = self.env.user
        if user == self.submitted_by_id:
            return self.env._("You submitted it: somebody else has to approve it.")
        if user == self.last_edited_by_id:
            return self.env._("You edited it last: somebody else has to approve it.")
        if user.has_group(FINANCE):
            return False
        if not user.has_group(EDITORS):
            return self.env._("Map editors and finance approvers approve field maps.")
        if self.needs_finance:
            return self.env._(
                "A finance approver has to approve it, because it changes: %s.",
                self.finance_reason,
            )
        return False

    # -- actions --------------------------------------------------------------

    def action_submit(self):
        """Ask for approval; from now on nobody edits it."""
        self.check_access("write")
        self._lock_versions()
        for field_map in self:
            field_map._check_state("draft")
            field_map._check_complete()
            field_map.sudo().write(
                {
                    **dict.fromkeys(UNDECIDED, False),
                    "state": "submitted",
                    "submitted_by_id": self.env.uid,
                    "submitted_at": fields.Datetime.now(),
                    "reject_reason": False,
                }
            )
            # What its last rejection asked for is done.
            field_map.sudo().activity_unlink(["mail.mail_activity_data_todo"])

    def action_approve(self):
        """Agree to a submitted version as a change of the one that is active."""
        self.check_access("read")
        self._lock_versions()
        for field_map in self:
            field_map._check_state("submitted")
            field_map._check_seen()
            obstacle = field_map._approve_obstacle()
            if obstacle:
                raise AccessError(obstacle)
            field_map._check_complete()
            base = field_map.sudo().flow_id.active_map_id
            reason = field_map.finance_reason
            field_map.sudo().write(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_at": fields.Datetime.now(),
                    "base_id": base.id,
                }
            )
            field_map.sudo().message_post(
                body=self.env._(
                    "Approved as a change of v%(base)s. For finance: %(reason)s.",
                    base=base.version,
                    reason=reason or self.env._("nothing"),
                )
            )

    def _check_seen(self):
        """The button tells what was on the screen: when it had been submitted, and the
        active version that it was compared with."""
        active = self.sudo().flow_id.active_map_id
        compared = self.env.context.get("seen_active_id")
        if compared and compared != active.id:
            raise UserError(
                self.env._(
                    "v%(active)s has become active since you opened %(map)s: look once"
                    " more at what it changes now.",
                    active=active.version,
                    map=self.display_name,
                )
            )
        seen = self.env.context.get("seen_submitted_at")
        if seen and seen != fields.Datetime.to_string(self.submitted_at):
            raise UserError(
                self.env._(
                    "%s was changed and submitted again since you opened it: look at"
                    " it once more.",
                    self.display_name,
                )
            )

    def action_reject(self):
        """Ask for the reason."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject %s", self.display_name),
            "res_model": "connector.map.reject",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_map_id": self.id},
        }

    def _reject(self, reason):
        """Send a submitted version back to its editors, with a reason."""
        self.check_access("read")
        user = self.env.user
        if not (user.has_group(EDITORS) or user.has_group(FINANCE)):
            raise AccessError(
                self.env._("Map editors and finance approvers reject field maps.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why: who made it has to know."))
        self._lock_versions()
        for field_map in self:
            field_map._check_state("submitted")
            submitter = field_map.submitted_by_id
            field_map._back_to_draft({"reject_reason": reason})
            field_map.sudo().message_post(body=self.env._("Rejected: %s", reason))
            if submitter != user:
                field_map._ask(submitter, self.env._("Rejected"), reason)

    def action_withdraw(self):
        """Take a submitted or approved version back, to change it."""
        self.check_access("write")
        self._lock_versions()
        for field_map in self:
            field_map._check_state("submitted", "approved")
            field_map._back_to_draft()

    def _back_to_draft(self, vals=None):
        self.sudo().write(
            {"state": "draft", **dict.fromkeys(UNDECIDED, False), **(vals or {})}
        )

    def _ask(self, user, summary, note):
        """Give somebody who can still work on maps something to do."""
        self.ensure_one()
        if not user.active or not user.has_group(EDITORS):
            user = self.flow_id.owner_id or self.connection_id.owner_id
        if user:
            self.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=summary,
                note=note,
                user_id=user.id,
            )

    def _check_state(self, *states):
        """:raises UserError: where the version is in none of these states"""
        self.ensure_one()
        if self.state in states:
            return
        sentences = {
            "draft": self.env._(
                "%s is a draft: submit it, and let somebody else approve it first.",
                self.display_name,
            ),
            "submitted": self.env._("%s waits for its approval.", self.display_name),
            "approved": self.env._("%s is approved already.", self.display_name),
            "active": self.env._("%s is active already.", self.display_name),
            "retired": self.env._(
                "%s is retired: make a new draft of it.", self.display_name
            ),
        }
        raise UserError(sentences[self.state])
