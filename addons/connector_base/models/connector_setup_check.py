import datetime
import os

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .connector_credential import KEYS_OPTION, KEYS_VARIABLE

#: Minutes after which scheduled actions that are due count as not running.
STANDING_MINUTES = 10


class ConnectorSetup(models.Model):
    """What is looked at before a set-up may go: one method a check."""

    _inherit = "connector.setup"

    def _check_all(self):
        self.check_ids.unlink()
        self.env["connector.setup.check"].create(
            [
                {"setup_id": self.id, "kind": "check", "sequence": number, **vals}
                for number, vals in enumerate(self._checks())
            ]
        )

    def _checks(self):
        """What must be so for the connection to run well; extend it.

        :return: iterator of values of ``connector.setup.check``
        """
        yield self._check_credentials()
        yield self._check_scopes()
        yield self._check_values()
        yield self._check_ownership()
        yield self._check_business_owner()
        yield self._check_matches()
        yield self._check_workers()
        yield self._check_key()
        yield self._check_environment()

    def _line(self, name, verdict, sentence, step=None, action=None):
        return {
            "name": name,
            "verdict": verdict,
            "sentence": sentence,
            "fix_step": step,
            "fix_action": action,
        }

    def _check_credentials(self):
        name = self.env._("Credentials")
        connection = self.connection_id
        access = connection.last_test_access
        if connection.last_test_passed:
            sentence = self.env._("Tested: account %s.", connection.account_ref or "")
            return self._line(name, "ok", sentence)
        if isinstance(access, dict) and not all(access.values()):
            sentence = self.env._("The account answers, but not all may be read.")
            return self._line(name, "warning", sentence, step="credentials")
        sentence = connection.last_test_result or self.env._("Not tested yet.")
        return self._line(name, "error", sentence, step="credentials")

    def _check_scopes(self):
        name = self.env._("Rights")
        included = self.flow_line_ids.filtered("included")
        denied = included.filtered("denied")
        if not included:
            sentence = self.env._("No kind of records is chosen.")
            return self._line(name, "error", sentence, step="ownership")
        if denied:
            sentence = " ".join(f"{row.name}: {row.denied}" for row in denied)
            return self._line(name, "error", sentence, step="credentials")
        sentence = self.env._("All that is chosen can be read.")
        return self._line(name, "ok", sentence)

    def _check_values(self):
        name = self.env._("Values")
        if self.unmapped_count:
            sentence = self.env._(
                "%s values have no meaning in Odoo yet. Records that carry one are"
                " held, or taken without it, until you decide.",
                self.unmapped_count,
            )
            return self._line(name, "warning", sentence, step="values")
        sentence = self.env._("Every value of the system's lists is decided.")
        return self._line(name, "ok", sentence)

    def _check_ownership(self):
        name = self.env._("Ownership")
        if not self.preset:
            sentence = self.env._("Nobody has said who owns what.")
            return self._line(name, "error", sentence, step="ownership")
        label = dict(self._fields["preset"]._description_selection(self.env))
        return self._line(name, "ok", f"{label[self.preset]}.")

    def _check_business_owner(self):
        name = self.env._("Business Owners")
        without = self.flow_line_ids.filtered(lambda r: r.included and not r.user_id)
        if without:
            sentence = self.env._(
                "Nobody gets the exceptions of: %s.", ", ".join(without.mapped("name"))
            )
            return self._line(name, "warning", sentence, step="ownership")
        sentence = self.env._("Each kind of records has somebody who decides.")
        return self._line(name, "ok", sentence)

    def _check_matches(self):
        name = self.env._("Matches")
        if self.match_state in ("done", "stopped"):
            return self._line(name, "ok", self.match_sentence or "")
        sentence = self.match_error or self.env._(
            "The dry run was not made: what is linked, and what is made anew, shows"
            " only when it is done."
        )
        return self._line(name, "warning", sentence, step="matches")

    def _check_workers(self):
        """Whether anybody will come to run the jobs."""
        name = self.env._("Background Work")
        lanes_action = "connector_base.connector_lane_action"
        codes = set(self.flow_line_ids.filtered("included").flow_id.mapped("lane"))
        lanes = self.env["connector.lane"].sudo().search([("code", "in", list(codes))])
        lanes = lanes.with_context(active_test=False)
        scheduler = self.env.ref("connector_base.cron_schedule").sudo()
        asleep = lanes.filtered(lambda lane: not any(lane.cron_ids.mapped("active")))
        if asleep or not scheduler.active:
            sentence = self.env._(
                "The scheduled actions of the connectors are switched off: nothing"
                " would be loaded."
            )
            return self._line(name, "error", sentence, action="base.ir_cron_act")
        paused = lanes.filtered("paused")
        if paused:
            sentence = self.env._(
                "Lanes are paused: %s.", ", ".join(paused.mapped("display_name"))
            )
            return self._line(name, "warning", sentence, action=lanes_action)
        beats = [lane.last_beat_at for lane in lanes if lane.last_beat_at]
        beats += [c.lastcall for c in lanes.cron_ids | scheduler if c.lastcall]
        limit = fields.Datetime.now() - datetime.timedelta(minutes=STANDING_MINUTES)
        if not beats or max(beats) < limit:
            sentence = self.env._(
                "No worker has been at work in the last %s minutes: look whether Odoo"
                " runs scheduled actions (max_cron_threads).",
                STANDING_MINUTES,
            )
            return self._line(name, "warning", sentence, action=lanes_action)
        sentence = self.env._("Workers come to the lanes that are needed.")
        return self._line(name, "ok", sentence)

    def _check_key(self):
        name = self.env._("Encryption Key")
        try:
            for credential in self.connection_id.credential_ids:
                credential._reveal()
        except UserError as error:
            return self._line(name, "error", str(error), step="credentials")
        if os.environ.get(KEYS_VARIABLE) or tools.config.get(KEYS_OPTION):
            sentence = self.env._("Secrets are encrypted with the key of this server.")
            return self._line(name, "ok", sentence)
        sentence = self.env._(
            "Secrets are encrypted with a key that lies in Odoo's data folder: back it"
            " up apart from the database, or set connector_keys in odoo.conf."
        )
        return self._line(name, "note", sentence)

    def _check_environment(self):
        name = self.env._("Environment")
        parameters = self.env["ir.config_parameter"].sudo()
        production = self.environment == "production"
        if production and parameters.get_param("database.is_neutralized"):
            sentence = self.env._(
                "This database is a neutralized copy: connect it to a sandbox."
            )
            return self._line(name, "error", sentence, step="system")
        sends = self.flow_line_ids.filtered(
            lambda row: row.included and row.direction != "pull"
        )
        if production and sends:
            sentence = self.env._(
                "Production: these go out of Odoo from the first edit on: %s.",
                ", ".join(sends.mapped("name")),
            )
            return self._line(name, "note", sentence, step="ownership")
        sentence = (
            self.env._("Production: nothing goes out of Odoo.")
            if production
            else self.env._("Sandbox: marked as such on every screen.")
        )
        return self._line(name, "ok", sentence)


class ConnectorSetupCheck(models.Model):
    """A line of a set-up's lists: a right that is there or not, a thing to see to."""

    _name = "connector.setup.check"
    _description = "Connector Set-Up Check"
    _order = "setup_id, kind, sequence, id"

    setup_id = fields.Many2one(
        "connector.setup", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="setup_id.company_id", store=True)
    kind = fields.Selection([("scope", "Right"), ("check", "Check")], required=True)
    sequence = fields.Integer()
    name = fields.Char(required=True, readonly=True)
    verdict = fields.Selection(
        [("ok", "OK"), ("note", "Note"), ("warning", "Look"), ("error", "Missing")],
        required=True,
        readonly=True,
    )
    sentence = fields.Char(readonly=True)
    fix_step = fields.Char(readonly=True, help="The step that puts it right.")
    fix_action = fields.Char(readonly=True, help="Or the action that does.")
    can_fix = fields.Boolean(compute="_compute_can_fix")

    @api.depends("fix_step", "fix_action", "verdict")
    def _compute_can_fix(self):
        for check in self:
            check.can_fix = check.verdict != "ok" and bool(
                check.fix_step or check.fix_action
            )

    def action_fix(self):
        """Go where it is put right."""
        self.ensure_one()
        if self.fix_action:
            return self.env["ir.actions.actions"]._for_xml_id(self.fix_action)
        return self.setup_id.action_open_step(self.fix_step)
