import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import errors

#: Seconds after which a vendor's lists (stages, owners, …) are read again.
REFERENCE_INTERVAL = 3600


class ConnectorConnection(models.Model):
    """What a connection does: test, connect, pause, resume, schedule."""

    _inherit = "connector.connection"

    def action_test(self):
        """Ask the vendor who we are and what we may read; say the answer in words."""
        self.check_access("write")
        self.ensure_one()
        sentence = self.env["connector.exception"]._sentence_of_error
        try:
            client = self._provider()._client(self)
            info = self._provider()._asked("_account_info", client)
        except errors.ConnectorError as error:
            self.sudo().last_test_access = False
            return self._report_test(False, sentence(error))
        problem = self._account_problem(info)
        if problem:
            self.sudo().last_test_access = False
            return self._report_test(False, problem)
        denied, access = [], {}
        for stream in self._streams():
            access[stream.name] = False
            try:
                self._provider()._asked("_check_access", client, stream)
            except errors.ConnectorError as error:
                access[stream.name] = sentence(error)
                denied.append(f"{stream.label}: {access[stream.name]}")
        self.sudo().write(
            {
                "account_ref": info.name or info.account_id,
                "account_key": info.account_id,
                "account_url": info.web_url,
                "account_environment": info.environment,
                "currency_id": self._currency_of(info).id,
                "last_test_access": access,
            }
        )
        if self.state == "draft":
            self.tz = self._known_tz(info.timezone)
        if denied:
            return self._report_test(False, "\n".join(denied))
        return self._report_test(
            True,
            self.env._(
                "%(vendor)s answers as account %(account)s and lets us read all that is"
                " needed.",
                vendor=self._provider()._provider_label,
                account=self.account_ref,
            ),
        )

    def _account_problem(self, info):
        """Why an account isn't the one for this connection, or ``False``; extend it.

        :param info: ``records.AccountInfo``
        """
        return False

    def _currency_of(self, info):
        currencies = self.env["res.currency"].with_context(active_test=False)
        found = currencies.search([("name", "=", info.currency)], limit=1)
        return found if info.currency and found else self.currency_id

    def _known_tz(self, name):
        return name if name in dict(self._selection_tz()) else self.tz

    def _report_test(self, passed, text):
        self.sudo().write(
            {
                "last_test_at": fields.Datetime.now(),
                "last_test_result": text,
                "last_test_passed": passed,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if passed else "danger",
                "title": self.env._("Connection works")
                if passed
                else self.env._("Connection doesn't work"),
                "message": text,
                "sticky": not passed,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_connect(self):
        """Check the account, make the flows with their default maps, start them."""
        self.check_access("write")
        for connection in self:
            connection._prepare()
        self._start()

    def _prepare(self):
        """Ask the vendor what there is; make flows, default maps and value maps.

        Nothing runs yet, and no business record is touched on either side.

        :raises UserError: where the vendor doesn't answer as it should
        """
        self.ensure_one()
        provider = self._provider()
        try:
            client = provider._client(self)
            info = provider._asked("_account_info", client)
            references = provider._asked("_reference_values", client)
        except errors.ConnectorError as error:
            raise UserError(
                self.env["connector.exception"]._sentence_of_error(error)
            ) from error
        problem = self._account_problem(info)
        if problem:
            raise UserError(problem)
        self.sudo().write(
            {
                "account_ref": info.name or info.account_id,
                "account_key": info.account_id,
                "account_url": info.web_url,
                "account_environment": info.environment,
                "currency_id": self._currency_of(info).id,
                "tz": self._known_tz(info.timezone),
            }
        )
        self.env["connector.flow"]._ensure_flows(self)
        self._take_references(references)

    def _take_references(self, references):
        # Nobody but the vendor adds lists and values, so no group may create them.
        self.env["connector.value.map"].sudo()._refresh(self, references)
        self.sudo().references_read_at = fields.Datetime.now()

    def _start(self):
        """Let what was prepared run: the first load begins."""
        self.sudo().write(
            {"state": "connected", "attention_reason": False, "blocked_until": False}
        )
        for connection in self:
            self.env["connector.exception"]._settle_connection(connection)
        self.action_sync()

    def action_sync(self):
        """Let every active flow pull as soon as a worker is free."""
        self.env["connector.job"].check_access("write")
        self.flow_ids.filtered("active").action_sync()

    def action_pause(self):
        self.check_access("write")
        self.sudo().filtered(lambda c: c.state != "draft").state = "paused"

    def action_resume(self):
        self.check_access("write")
        self.sudo().filtered(lambda c: c.state in ("paused", "attention")).write(
            {"state": "connected", "attention_reason": False, "blocked_until": False}
        )
        self.env["connector.exception"]._settle_connection(self)
        self.env["connector.job"]._wake_lanes()

    def _need_attention(self, reason):
        """Stop all work of the connection until an administrator has looked."""
        for connection in self.sudo().filtered(lambda c: c.state == "connected"):
            connection.write({"state": "attention", "attention_reason": reason})
            connection.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Reconnect"),
                note=reason,
                user_id=connection.owner_id.id or self.env.uid,
            )

    def _job_refresh_references(self, job):
        """Read the vendor's lists again, for the suggestions of value maps."""
        provider = self._provider()
        client = provider._client(self)
        job._checkpoint()
        references = provider._asked("_reference_values", client)
        self._take_references(references)
        return {"values": len(references)}

    @api.model
    def _cron_schedule(self):
        """Do what is due: maps take effect, flows pull, the vendors' lists are read."""
        lanes = self.env["connector.lane"].search([("code", "!=", False)])
        lanes._sync_crons()
        lanes._check_standing()
        # Before the pulls that are due, so that they use what takes effect now.
        self.env["connector.field.map"]._activate_due()
        connected = self.search([("state", "=", "connected")])
        limit = fields.Datetime.now() - datetime.timedelta(seconds=REFERENCE_INTERVAL)
        connected.filtered(
            lambda c: not c.references_read_at or c.references_read_at < limit
        )._enqueue_references()
        self.env["connector.flow"].search(
            [
                ("connection_id", "in", connected.ids),
                ("direction", "!=", "push"),
                ("next_run_at", "<=", fields.Datetime.now()),
            ]
        )._enqueue_pull()
        self.env["connector.flow"]._sweep_due()

    def _enqueue_references(self):
        for connection in self:
            self.env["connector.job"].enqueue(
                connection,
                "_job_refresh_references",
                name=self.env._("%s: read lists", connection.name),
                connection=connection,
                identity_key=f"references:{connection.id}",
            )
