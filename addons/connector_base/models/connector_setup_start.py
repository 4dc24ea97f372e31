import datetime
import math
import zoneinfo

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import errors

#: Records a second that are written to Odoo when nothing was measured: what a small
#: server with two cores does.
WRITES_PER_SECOND = 60
#: Records a second that are read when nothing was measured.
READS_PER_SECOND = 100
#: Records of one page, to guess the number of requests by where none was measured.
RECORDS_PER_REQUEST = 50
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
                count = provider._asked(
                    "_count_records", client, row.flow_id.stream, self._since_moment()
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
