import datetime

from odoo import api, fields, models
from odoo.tools import SQL

from .connector_customer_standing import ORDER_STATUSES, STANDING_VALUES

#: Marks that are worked off and committed together.
BATCH = 2000
#: What others should know at once, where the company says so: a payment, from when on a
#: customer is overdue or no longer, and whether a subscription runs.
URGENT = frozenset(
    {"last_payment_date", "last_payment_amount", "is_overdue", "subscription_state"}
)
#: What a customer is who never bought anything: no row is made for it.
NOTHING = {"payment_status": "none", "overdue_days": 0, "is_overdue": False}
#: What others are told at once whatever the company says: it takes or gives access.
ALWAYS_URGENT = frozenset({"is_suspended"})
AMOUNTS = (
    *("open_balance", "overdue_balance", "last_payment_amount", "recurring_revenue"),
)


class ConnectorCustomerStanding(models.Model):
    """Works standings out for a batch of customers, each figure by one query."""

    _inherit = "connector.customer.standing"

    @api.model
    def _cron_compute(self):
        """Work off what is marked, batch by batch, each committed."""
        marks = self.env["connector.standing.mark"].sudo()
        while True:
            now = fields.Datetime.now()
            rows = self._due_marks(now)
            if rows:
                self._work_off(rows, now)
            left = marks.search_count([("due_at", "<=", now)])
            if not self.env["ir.cron"]._commit_progress(len(rows), remaining=left):
                break
            if not left:
                break
        self._come_again()

    @api.model
    def _cron_daily(self):
        """Overdue days move with the date."""
        self.env["connector.standing.mark"].sudo()._mark_all()

    def _due_marks(self, now):
        """:return: list of ``(id, partner id, company id)``"""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT id, partner_id, company_id FROM connector_standing_mark
                 WHERE due_at <= %s ORDER BY due_at, id LIMIT %s
                """,
                now,
                BATCH,
            )
        )

    def _come_again(self):
        """Be there when the first standing that waits for its time may change."""
        self.env.flush_all()
        [(due_at,)] = self.env.execute_query(
            SQL("SELECT MIN(due_at) FROM connector_standing_mark")
        )
        if due_at:
            self.env["connector.standing.mark"]._wake(due_at)

    def _work_off(self, rows, now):
        by_company = {}
        for _mark_id, partner_id, company_id in rows:
            by_company.setdefault(company_id, set()).add(partner_id)
        later = []
        companies = self.env["res.company"].browse(by_company).exists()
        for company in companies:
            partners = self.env["res.partner"].browse(sorted(by_company[company.id]))
            later += self._refresh(company, partners.exists(), now)
        self.env.execute_query(
            SQL(
                "DELETE FROM connector_standing_mark WHERE id = ANY(%s) RETURNING id",
                [row[0] for row in rows],
            )
        )
        if later:
            self.env.execute_query(
                SQL(
                    """
                    INSERT INTO connector_standing_mark (partner_id, company_id, due_at)
                    VALUES %s RETURNING id
                    """,
                    SQL(", ").join(
                        SQL("(%s, %s, %s::timestamp)", *row) for row in later
                    ),
                )
            )
        self.env["connector.standing.mark"].invalidate_model(flush=False)

    @api.model
    def _refresh(self, company, partners, now):
        """Write what has changed of the customers' standing with a company.

        :param partners: commercial entities
        :return: list of ``(partner id, company id, when)`` of those that changed again
            before their time
        """
        if not partners:
            return []
        found = self._work_out(company, partners.ids)
        known = self.sudo().search_fetch(
            [("company_id", "=", company.id), ("partner_id", "in", partners.ids)],
            ["partner_id", "published_at", *self._figures()],
        )
        pause = datetime.timedelta(minutes=company.standing_interval)
        urgent = self._urgent(company)
        nothing = self._nothing()
        later, changed = [], []
        for row in known:
            vals = found.pop(row.partner_id.id)
            diff = row._diff(vals, company.currency_id)
            at_once = not urgent.isdisjoint(diff)
            due_at = (row.published_at or now) + pause
            if diff and not at_once and row.published_at and due_at > now:
                later.append((row.partner_id.id, company.id, due_at))
            elif diff:
                changed.append((row, diff))
        for row, diff in changed:
            row.write({**diff, "published_at": now})
        known._stamp(now)
        self.sudo().create(
            [
                {
                    **vals,
                    "partner_id": partner_id,
                    "company_id": company.id,
                    "computed_at": now,
                    "published_at": now,
                }
                for partner_id, vals in found.items()
                if any(vals[name] not in (nothing.get(name), False) for name in vals)
            ]
        )
        self.env.flush_all()
        return later

    @api.model
    def _figures(self):
        """Names of the fields that a standing is made of; extend it."""
        return list(STANDING_VALUES)

    @api.model
    def _nothing(self):
        """What those are of a customer who never bought anything; extend it."""
        return dict(NOTHING)

    @api.model
    def _urgent(self, company):
        """Those whose change doesn't wait for its time; extend it.

        :return: frozenset
        """
        return (URGENT if company.standing_payment_at_once else frozenset()) | (
            ALWAYS_URGENT
        )

    def _stamp(self, now):
        """Say when they were worked out; past the ORM, as nobody is told of that."""
        self.env.execute_query(
            SQL(
                """
                UPDATE connector_customer_standing SET computed_at = %s
                 WHERE id = ANY(%s) RETURNING id
                """,
                now,
                self.ids,
            )
        )
        self.invalidate_recordset(["computed_at"], flush=False)

    def _diff(self, vals, currency):
        """What of a standing is another value now."""
        self.ensure_one()
        return {
            name: value
            for name, value in vals.items()
            if self._is_other(name, value, currency)
        }

    def _is_other(self, name, value, currency):
        kind = self._fields[name].type
        if kind == "monetary":
            return bool(currency.compare_amounts(self[name], value or 0))
        known = self[name].id if kind == "many2one" else self[name]
        return known != value

    # -- figures --------------------------------------------------------------

    def _work_out(self, company, partner_ids):
        """``{partner id: {field of the standing: value}}``, a few queries for all."""
        self.env.flush_all()
        empty = dict.fromkeys(self._figures(), False) | self._nothing()
        found = {partner_id: dict(empty) for partner_id in partner_ids}
        for partner_id in found:
            found[partner_id].update(dict.fromkeys(AMOUNTS, 0.0))
        self._add_figures(company, found)
        self._derive_figures(company, found)
        return found

    def _derive_figures(self, company, found):
        """Add what is made of other figures, when all of those are there; extend it.

        :param found: ``{partner id: {field of the standing: value}}``
        """

    def _add_figures(self, company, found):
        """Add what is known of the customers, each figure by one query; extend it.

        :param found: ``{partner id: {field of the standing: value}}``
        """
        self._add_balances(company, found)
        self._add_payments(company, found)
        self._add_orders(company, found)
        self._add_suspensions(company, found)

    def _people(self, found):
        """The contacts and branches of the customers, as SQL of a table ``people``."""
        return SQL(
            "people AS (SELECT id, commercial_partner_id AS customer FROM res_partner"
            " WHERE commercial_partner_id = ANY(%s))",
            list(found),
        )

    def _add_balances(self, company, found):
        """Open and overdue, in the company's currency.

        Payments on account are deducted from what is open, and cover what is overdue
        first: nobody is overdue who has paid more than was due.
        """
        tz = company.partner_id.tz or "UTC"
        today = fields.Date.context_today(self.with_context(tz=tz))
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT people.customer, SUM(l.amount_residual),
                       SUM(l.amount_residual) FILTER (WHERE l.amount_residual > 0
                           AND COALESCE(l.date_maturity, l.date) < %(today)s),
                       MIN(COALESCE(l.date_maturity, l.date)) FILTER (
                           WHERE l.amount_residual > 0)
                  FROM people
                  JOIN account_move_line l ON l.partner_id = people.id
                  JOIN account_account a ON a.id = l.account_id
                   AND a.account_type = 'asset_receivable'
                 WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                 GROUP BY people.customer
                """,
                people=self._people(found),
                today=today,
                company=company.id,
            )
        )
        currency = company.currency_id
        for partner_id, balance, overdue, since in rows:
            balance = currency.round(float(balance or 0))
            overdue = currency.round(min(float(overdue or 0), max(balance, 0.0)))
            late = currency.compare_amounts(overdue, 0) > 0
            found[partner_id].update(
                open_balance=balance,
                overdue_balance=overdue,
                overdue_days=(today - since).days if late else 0,
                is_overdue=late,
                payment_status="overdue" if late else "current",
            )

    def _add_payments(self, company, found):
        """The last payment that came in: booked by bank or cash, or on its way there.

        Payments have no entry of their own where the bank statement will book them.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT DISTINCT ON (customer) customer, date, amount FROM (
                    SELECT people.customer, l.date, -SUM(l.balance) AS amount,
                           l.move_id AS number
                      FROM people
                      JOIN account_move_line l ON l.partner_id = people.id
                      JOIN account_account a ON a.id = l.account_id
                       AND a.account_type = 'asset_receivable'
                      JOIN account_journal j ON j.id = l.journal_id
                       AND j.type IN ('bank', 'cash', 'credit')
                     WHERE l.company_id = %(company)s AND l.parent_state = 'posted'
                     GROUP BY people.customer, l.date, l.move_id
                    HAVING SUM(l.balance) < 0
                     UNION ALL
                    SELECT people.customer, pay.date,
                           pay.amount_company_currency_signed, pay.id
                      FROM people
                      JOIN account_payment pay ON pay.partner_id = people.id
                     WHERE pay.company_id = %(company)s AND pay.move_id IS NULL
                       AND pay.state IN ('in_process', 'paid')
                       AND pay.payment_type = 'inbound'
                       AND pay.partner_type = 'customer'
                ) AS payments
                 ORDER BY customer, date DESC, number DESC
                """,
                people=self._people(found),
                company=company.id,
            )
        )
        for partner_id, date, amount in rows:
            found[partner_id].update(
                last_payment_date=date,
                last_payment_amount=company.currency_id.round(float(amount or 0)),
            )

    def _add_orders(self, company, found):
        """The last order that was confirmed; its delivery where Odoo delivers."""
        delivery = self.env["sale.order"]._fields.get("delivery_status")
        delivered = delivery is not None and delivery.store
        rows = self.env.execute_query(
            SQL(
                """
                WITH %(people)s
                SELECT DISTINCT ON (people.customer) people.customer, o.name, o.state,
                       o.invoice_status, %(delivery)s
                  FROM people JOIN sale_order o ON o.partner_id = people.id
                 WHERE o.company_id = %(company)s AND o.state = 'sale'
                 ORDER BY people.customer, o.date_order DESC, o.id DESC
                """,
                people=self._people(found),
                company=company.id,
                delivery=SQL("o.delivery_status") if delivered else SQL("NULL"),
            )
        )
        for partner_id, number, state, invoice_status, delivery_status in rows:
            found[partner_id].update(
                last_order_number=number,
                last_order_status=ORDER_STATUSES.get(state, state),
                invoice_status=invoice_status or False,
                delivery_status=delivery_status or False,
            )
