import datetime
import math
import os
import zoneinfo

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..engine import errors
from .connector_credential import KEYS_OPTION, KEYS_VARIABLE

#: Records a second that are written to Odoo when nothing was measured: what a small
#: server with two cores does.
WRITES_PER_SECOND = 60
#: Records a second that are read when nothing was measured.
READS_PER_SECOND = 100
#: Records of one page, to guess the number of requests by where none was measured.
RECORDS_PER_REQUEST = 50
#: Minutes after which scheduled actions that are due count as not running.
STANDING_MINUTES = 10
#: A quota that resets sooner than that is no daily one.
DAILY_SECONDS = 3600


class ConnectorSetup(models.Model):
    """Steps seven and eight of the set-up: how much is loaded first, checks, Go."""

    _inherit = "connector.setup"

    scope_choice = fields.Selection(
        [("all", "Everything"), ("since", "What Was Made or Changed Since")],
        string="Load",
        default="all",
        required=True,
    )
    since = fields.Date()
    eta_text = fields.Char(string="That Takes", readonly=True, copy=False)
    load_count = fields.Integer(string="Records to Load", readonly=True, copy=False)
    load_seconds = fields.Float(readonly=True, copy=False)
    load_requests = fields.Integer(readonly=True, copy=False)
    scope_line_ids = fields.One2many(
        "connector.setup.flow", "setup_id", domain=[("included", "=", True)]
    )

    # -- 7 first load ---------------------------------------------------------

    def _enter_scope(self):
        self._estimate()

    def action_estimate(self):
        """Ask the vendor how much there is, and say how long it takes."""
        self._check_open()
        self._check_since()
        self._estimate()

    def _check_since(self):
        if self.scope_choice == "since" and not self.since:
            raise UserError(self.env._("Say since when."))
        if self.since and self.since > fields.Date.context_today(self):
            raise UserError(self.env._("The date lies in the future."))

    def _estimate(self):
        """Count what is to be loaded, by one request a flow, and work out the rest."""
        since = self.scope_choice == "since" and self.since
        rows = self.flow_line_ids.filtered(
            lambda row: row.included and row.direction != "push"
        )
        rows.pull_since = since
        provider = self.connection_id._provider()
        try:
            client = provider._client(self.connection_id)
            for row in rows:
                count = provider._count_records(
                    client, row.flow_id.stream, self._since_moment()
                )
                row.load_count = count if count is not None else row.read_count
        except errors.ConnectorError as error:
            raise UserError(
                self.env["connector.exception"]._sentence_of_error(error)
            ) from error
        seconds, requests = 0.0, 0
        for row in rows:
            row_seconds, row_requests = row._load_effort()
            seconds += row_seconds
            requests += row_requests
        seconds = max(seconds, self._budget_seconds(requests))
        self.write(
            {
                "load_count": sum(rows.mapped("load_count")),
                "load_seconds": seconds,
                "load_requests": requests,
            }
        )
        self.eta_text = self._eta_text()

    def _since_moment(self):
        if self.scope_choice != "since" or not self.since:
            return None
        midnight = datetime.datetime.combine(
            self.since, datetime.time(), tzinfo=zoneinfo.ZoneInfo(self.tz or "UTC")
        )
        return midnight.astimezone(datetime.UTC)

    def _budget_seconds(self, requests):
        """How long so many requests take at the pace that the vendor allows."""
        budgets = self.connection_id.budget_ids.filtered("everything")
        return max(
            (requests * budget.seconds / budget.requests for budget in budgets),
            default=0.0,
        )

    def _daily_budget(self):
        """The budget whose quota is the day's, as the vendor told it last."""
        return self.connection_id.budget_ids.filtered(
            lambda budget: (
                budget.everything
                and budget.quota_limit
                and (
                    not budget.quota_resets_at
                    or (budget.quota_resets_at - budget.quota_at).total_seconds()
                    > DAILY_SECONDS
                )
            )
        )[:1]

    def _eta_text(self):
        """How long, and how much of the vendor's quota, in words."""
        duration = self._duration_in_words(self.load_seconds)
        budget = self._daily_budget()
        if not budget:
            return self.env._(
                "%(duration)s for %(count)s records; about %(requests)s requests.",
                duration=duration,
                count=f"{self.load_count:,}",
                requests=f"{self.load_requests:,}",
            )
        values = {
            "duration": duration,
            "count": f"{self.load_count:,}",
            "percent": math.ceil(100 * self.load_requests / budget.quota_limit),
            "left": f"{budget.quota_remaining:,}",
        }
        if self.load_requests > budget.quota_remaining:
            return self.env._(
                "%(duration)s for %(count)s records; needs %(percent)s %% of a day's"
                " requests, and %(left)s are left today: the rest is loaded when the"
                " system lets us go on.",
                **values,
            )
        return self.env._(
            "%(duration)s for %(count)s records; uses %(percent)s %% of today's"
            " requests (%(left)s left).",
            **values,
        )

    def _duration_in_words(self, seconds):
        minutes = seconds / 60
        if minutes < 0.75:
            return self.env._("Less than a minute")
        if minutes < 2:
            return self.env._("A minute or two")
        if minutes < 90:
            step = 1 if minutes < 10 else 5
            return self.env._("About %s minutes", round(minutes / step) * step)
        if minutes < 48 * 60:
            return self.env._("About %s hours", round(minutes / 60))
        return self.env._("About %s days", round(minutes / 60 / 24))

    def _leave_scope(self):
        self._check_since()
        self._estimate()

    def _summary_scope(self):
        if self.scope_choice == "since":
            return self.env._("Since %s", fields.Date.to_string(self.since))
        return self.env._("Everything")

    # -- 8 check and go -------------------------------------------------------

    def _enter_start(self):
        self._check_all()

    def action_check(self):
        """Look at everything again."""
        self._check_open()
        self._check_all()

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

    def action_go(self):
        """Put what was chosen into force and start the first load.

        :raises UserError: where a check fails
        """
        self._check_open()
        self._check_all()
        wrong = self.check_ids.filtered(lambda check: check.verdict == "error")
        if self.step != "start":
            raise UserError(self.env._("Finish the steps before it first."))
        if wrong:
            raise UserError(
                "\n".join(f"{check.name}: {check.sentence}" for check in wrong)
            )
        if self.match_state == "running":
            self.action_stop_match()
        self._apply_choices()
        # Names of people were kept to decide by.
        self.example_ids.unlink()
        self.connection_id._start()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "connector_base.connector_overview_action"
        )


class ConnectorSetupFlow(models.Model):
    _inherit = "connector.setup.flow"

    pull_since = fields.Date(string="Since", readonly=True)
    push_domain = fields.Char(
        string="Which Go Out",
        default="[]",
        help="Only Odoo records that match are sent.",
    )
    load_count = fields.Integer(string="To Load", readonly=True)
    load_text = fields.Char(string="Takes", compute="_compute_load_text")

    @api.depends("load_count", "match_seconds", "match_requests", "read_count")
    def _compute_load_text(self):
        for row in self:
            seconds, _requests = row._load_effort()
            row.load_text = bool(row.load_count) and row.setup_id._duration_in_words(
                seconds
            )

    def _load_effort(self):
        """What the first load of this flow takes, by what the dry run has measured.

        :return: ``(seconds, requests)``
        """
        self.ensure_one()
        read = self.read_count
        reads = read / self.match_seconds if self.match_seconds else READS_PER_SECOND
        per_record = (
            self.match_requests / read
            if read and self.match_requests
            else 1 / RECORDS_PER_REQUEST
        )
        # What is linked is written as well: its binding, and what differs.
        seconds = self.load_count * (1 / max(reads, 0.1) + 1 / WRITES_PER_SECOND)
        return seconds, math.ceil(self.load_count * per_record)
