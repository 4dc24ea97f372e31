import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from .connector_suspension import OPEN

#: Suspensions that are begun or proposed, and committed, together.
BATCH = 200
#: Days in which the rule doesn't propose again what was lifted or cancelled.
QUIET_DAYS = 30


class ConnectorSuspension(models.Model):
    """The course of a suspension: its grace period, its beginning and its end."""

    _inherit = "connector.suspension"

    def _grant(self):
        """Begin the grace period; where there is none, suspend at once."""
        at_once = self.filtered(lambda one: not one.grace_days)
        at_once._begin()
        for (company, days), suspensions in (
            (self - at_once).grouped(lambda one: (one.company_id, one.grace_days))
        ).items():
            until = self._today(company) + datetime.timedelta(days=days)
            suspensions._come_to("grace", grace_until=until)

    def _begin(self):
        self._come_to("suspended", suspended_at=fields.Datetime.now())

    def _close(self, state, text, user=None):
        """:param state: ``lifted`` or ``cancelled``; :param text: what the log says"""
        self._come_to(
            state,
            closed_at=fields.Datetime.now(),
            closed_by_id=bool(user) and user.id,
        )
        self._say(text)

    def _today(self, company):
        tz = company.partner_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=tz))

    # -- by itself ------------------------------------------------------------

    @api.model
    def _cron_course(self):
        """Suspend those whose grace period is over, and propose by rule."""
        for company in self.env["res.company"].search([("id", "!=", False)]):
            self._begin_due(company)
            while company.suspension_propose:
                proposed = self._propose_overdue(company)
                left = self.env["ir.cron"]._commit_progress(len(proposed))
                if not proposed or not left:
                    break

    def _begin_due(self, company):
        """Batch by batch, each committed; who has paid meanwhile is let go."""
        while True:
            due = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "grace"),
                    ("grace_until", "<", self._today(company)),
                ],
                limit=BATCH,
            ).try_lock_for_update()
            if not due:
                break
            self._settle_paid(company, due.commercial_partner_id.ids)
            due.filtered(lambda one: one.state == "grace")._begin()
            if not self.env["ir.cron"]._commit_progress(len(due)):
                break

    @api.model
    def _settle_paid(self, company, partner_ids):
        """Lift or cancel those of customers who owe nothing any more.

        :param partner_ids: commercial entities
        """
        paid = self.sudo().search(
            [
                ("company_id", "=", company.id),
                ("commercial_partner_id", "in", partner_ids),
                ("state", "in", OPEN),
                ("lift_when_paid", "=", True),
                ("overdue_amount", ">", 0),
            ]
        )
        if not paid:
            return
        standings = self.env["connector.customer.standing"]
        owed = standings._overdue_of(company, paid.commercial_partner_id.ids)
        paid = paid.filtered(lambda one: not owed[one.commercial_partner_id.id])
        for state, suspensions in paid.grouped("state").items():
            suspensions._close(
                "lifted" if state == "suspended" else "cancelled",
                self.env._("All that was overdue is paid."),
            )

    @api.model
    def _propose_overdue(self, company):
        """Propose a batch of those who are overdue for long enough and with enough.

        :return: the new proposals
        """
        self.env.flush_all()
        quiet = fields.Datetime.subtract(fields.Datetime.now(), days=QUIET_DAYS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT s.partner_id, s.overdue_days
                  FROM connector_customer_standing s
                 WHERE s.company_id = %(company)s AND s.is_overdue
                   AND s.overdue_days >= %(days)s AND s.overdue_balance >= %(amount)s
                   AND NOT EXISTS (
                       SELECT FROM connector_suspension x
                        WHERE x.commercial_partner_id = s.partner_id
                          AND x.company_id = s.company_id
                          AND (x.state IN %(open)s OR x.closed_at > %(quiet)s))
                 ORDER BY s.partner_id LIMIT %(batch)s
                """,
                company=company.id,
                days=company.suspension_overdue_days,
                amount=company.suspension_overdue_amount or 0.0,
                open=OPEN,
                quiet=quiet,
                batch=BATCH,
            )
        )
        of_company = self.with_company(company).with_context(
            lang=company.partner_id.lang
        )
        proposed = of_company.create(
            [
                {
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "source": "rule",
                    "reason": of_company.env._("Overdue since %s days.", days),
                }
                for partner_id, days in rows
            ]
        )
        group = proposed.grouped(lambda one: one.partner_id.user_id)
        for user, suspensions in group.items():
            told = user
            if not user or not user._connector_sees(company):
                told = company.suspension_approver_id
            if told and suspensions.with_user(told).has_access("read"):
                suspensions._give_task(
                    told,
                    of_company.env._("Suspend this customer?"),
                    of_company.env._("Submit the proposal or cancel it."),
                )
        return proposed
