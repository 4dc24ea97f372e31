import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .connector_concurrency import is_concurrency_error

_logger = logging.getLogger(__name__)


class ConnectorFieldMap(models.Model):
    """How an approved version takes effect: now, at a time, and back again."""

    _inherit = "connector.field.map"

    may_roll_back = fields.Boolean(compute="_compute_may_roll_back")

    @api.depends("state", "previous_id.state")
    def _compute_may_roll_back(self):
        for field_map in self:
            field_map.may_roll_back = (
                field_map.state == "active" and field_map.previous_id.state == "retired"
            )

    def action_activate(self):
        """From now on records are taken over by this version."""
        self.check_access("write")
        self._lock_versions()
        for field_map in self:
            field_map._check_state("approved")
            field_map._check_base()
            field_map._take_effect()

    def action_schedule(self):
        """Ask for the time."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Activate %s Later", self.display_name),
            "res_model": "connector.map.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_map_id": self.id},
        }

    def _schedule(self, moment):
        """Activate an approved version at a time.

        :param moment: naive UTC; ``False`` takes an earlier choice back
        """
        self.check_access("write")
        self._lock_versions()
        for field_map in self:
            field_map._check_state("approved")
            if moment:
                field_map._check_base()
            if moment and moment <= fields.Datetime.now():
                raise UserError(self.env._("That time is over: choose a later one."))
            field_map.sudo().write(
                {
                    "activate_at": moment,
                    "scheduled_by_id": moment and self.env.uid,
                }
            )

    def action_unschedule(self):
        self._schedule(False)

    def action_roll_back(self):
        """Bring the version back that was active before. It was approved once."""
        self.check_access("write")
        self._lock_versions()
        for field_map in self:
            previous = field_map.previous_id
            if field_map.state != "active":
                raise UserError(
                    self.env._("%s isn't active any more.", field_map.display_name)
                )
            if previous.state != "retired":
                raise UserError(
                    self.env._(
                        "No version was active before %s.", field_map.display_name
                    )
                )
            previous._take_effect(back=True)
            body = self.env._(
                "Rolled back from v%(from_version)s to v%(to_version)s by %(user)s.",
                from_version=field_map.version,
                to_version=previous.version,
                user=self.env.user.name,
            )
            for record in (field_map, previous):
                record.sudo().message_post(body=body)
        return self.previous_id[:1]._open()

    def _check_base(self):
        """Nobody approved to lose what was activated since.

        What an approver saw is the difference to the version that was active then.

        :raises UserError: where another one is active now
        """
        self.ensure_one()
        active = self.sudo().flow_id.active_map_id
        if active != self.base_id:
            raise UserError(
                self.env._(
                    "%(map)s was approved as a change of v%(base)s, and v%(active)s is"
                    " active now. Take it back to draft, look at what it changes, and"
                    " let it be approved again.",
                    map=self.display_name,
                    base=self.base_id.version,
                    active=active.version,
                )
            )

    def _take_effect(self, by=None, back=False):
        """Make this version the active one; the one before is retired.

        The engine's own part, without any approval: it activates what ships.

        :param by: the user who decided it; the current one
        :param back: it was active before. What the vendor has changed since breaks the
            lines concerned, as if it had stayed active, and doesn't keep it from coming
            back in an emergency.
        :raises UserError: where the version lacks a required target
        """
        self.ensure_one()
        field_map = self.sudo()
        field_map._check_complete(lines=not back)
        previous = field_map.flow_id.map_ids.filtered(
            lambda version: version.state == "active"
        )
        previous.state = "retired"
        # The index of the one active version wants the old one gone first.
        previous.flush_recordset(["state"])
        vals = {
            "state": "active",
            "activate_at": False,
            "scheduled_by_id": False,
            "reject_reason": False,
            "activated_at": fields.Datetime.now(),
            "activated_by_id": (by or self.env.user).id,
        }
        if field_map.state != "retired":
            vals["previous_id"] = previous.id
        field_map.write(vals)
        if previous:
            field_map.flow_id.message_post(
                body=self.env._(
                    "Field map v%(new)s is active, instead of v%(old)s.",
                    new=field_map.version,
                    old=previous.version,
                )
            )

    # -- by the scheduler -----------------------------------------------------

    @api.model
    def _activate_due(self):
        """Activate what was scheduled; what can't be goes back, and people are told."""
        due = self.search(
            [("state", "=", "approved"), ("activate_at", "<=", fields.Datetime.now())],
            order="activate_at, id",
        )
        for field_map in due:
            try:
                with self.env.cr.savepoint():
                    field_map._lock_versions()
                    field_map._check_base()
                    field_map._take_effect(by=field_map.scheduled_by_id)
                    # What the database refuses, it refuses here.
                    self.env.flush_all()
            except psycopg2.Error as error:
                if not is_concurrency_error(error):
                    raise
                _logger.info("%s is activated a minute later", field_map.display_name)
            except UserError as error:
                field_map._give_back(str(error))

    def _give_back(self, reason):
        """Tell who scheduled a version that it could not be activated."""
        self.ensure_one()
        user = self.scheduled_by_id
        body = self.env._("Could not be activated at its time: %s", reason)
        self._back_to_draft({"reject_reason": body})
        self.sudo().message_post(body=body)
        self._ask(user, self.env._("Not activated"), body)
