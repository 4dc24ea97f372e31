import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

#: People whose digests one look sends.
DIGEST_BATCH = 50


class ResUsers(models.Model):
    _inherit = "res.users"

    connector_digest = fields.Boolean(
        string="Daily Mail About Exceptions",
        default=True,
        help="One mail a day about the exceptions that wait for you or your teams; none"
        " where nothing waits.",
    )
    connector_digest_date = fields.Date(
        readonly=True, groups="connector_base.group_administrator"
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return super().SELF_READABLE_FIELDS + ["connector_digest"]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return super().SELF_WRITEABLE_FIELDS + ["connector_digest"]

    def _connector_sees(self, company):
        """Whether the user is there and works for a company."""
        self.ensure_one()
        return self.active and company in self.sudo().company_ids

    def _connector_digest(self):
        """What waits for a person, counted: no names and no values, it is a mail.

        :return: list of dicts of ``connection``, ``kind``, ``causes``, ``records``,
            ``late``, ``amount`` (formatted or ``False``) and ``age``
        """
        self.ensure_one()
        exceptions = self.env["connector.exception"]
        kinds = dict(exceptions._selection_error_class())
        now = fields.Datetime.now()
        rows = exceptions.sudo()._read_group(
            exceptions._waiting_for(self),
            ["connection_id", "error_class", "currency_id"],
            ["__count", "open_count:sum", "amount:sum", "first_seen_at:min"],
        )
        late = exceptions.sudo()._read_group(
            exceptions._waiting_for(self) & Domain("sla_deadline", "<", now),
            ["connection_id", "error_class"],
            ["__count"],
        )
        late = {(connection.id, kind): count for connection, kind, count in late}
        flows = self.env["connector.flow"]
        return [
            {
                "connection": connection.name,
                "kind": kinds.get(kind, kind),
                "causes": causes,
                "records": records,
                "late": late.get((connection.id, kind), 0),
                "amount": currency.format(amount) if amount else False,
                "age": flows._duration_text(int((now - seen).total_seconds()) // 60),
            }
            for connection, kind, currency, causes, records, amount, seen in sorted(
                rows, key=lambda row: row[6]
            )
        ]

    def _connector_digest_url(self):
        return f"{self.get_base_url()}/odoo/connector-exceptions"


class ConnectorException(models.Model):
    """One mail a person and day about what waits for a decision; none about each."""

    _inherit = "connector.exception"

    @api.model
    def _waiting_for(self, user):
        """Open causes that are a person's or their teams', as a ``Domain``."""
        now = fields.Datetime.now()
        return (
            Domain("state", "=", "open")
            & Domain("company_id", "in", user.company_ids.ids)
            & (Domain("snoozed_until", "=", False) | Domain("snoozed_until", "<=", now))
            & (
                Domain("user_id", "=", user.id)
                | Domain("user_id", "=", False)
                & (
                    Domain("team_id.lead_id", "=", user.id)
                    | Domain("team_id.member_ids", "in", user.id)
                )
            )
        )

    @api.model
    def _cron_digest(self):
        """Send each person for whom something waits the mail of the day, once."""
        today = fields.Date.context_today(self)
        template = self.env.ref("connector_base.exception_digest_template", False)
        if not template:
            return
        users = self._digest_users(today)
        for user in users[:DIGEST_BATCH]:
            # In the same transaction as the mail: it is sent once, or not at all.
            user.connector_digest_date = today
            if user._connector_digest():
                template.with_context(lang=user.lang).send_mail(
                    user.id, email_values={"recipient_ids": [(4, user.partner_id.id)]}
                )
        self.env["ir.cron"]._commit_progress(
            min(len(users), DIGEST_BATCH), remaining=max(len(users) - DIGEST_BATCH, 0)
        )

    def _digest_users(self, today):
        """Who may have something waiting and had no mail today, in one query."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT who.user_id FROM connector_exception e
                  LEFT JOIN connector_team t ON t.id = e.team_id
                  LEFT JOIN connector_team_res_users_rel m
                         ON m.connector_team_id = t.id
                 CROSS JOIN LATERAL (VALUES (e.user_id), (t.lead_id), (m.res_users_id))
                       AS who(user_id)
                 WHERE e.state = 'open' AND who.user_id IS NOT NULL
                """
            )
        )
        return (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("id", "in", [row[0] for row in rows]),
                    ("connector_digest", "=", True),
                    ("email", "!=", False),
                    "|",
                    ("connector_digest_date", "=", False),
                    ("connector_digest_date", "<", today),
                ],
                order="id",
            )
            .filtered(lambda u: u.has_group("connector_base.group_viewer"))
        )
