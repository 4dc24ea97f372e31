import dataclasses
import datetime

from odoo.addons.connector_base.tests.common_push import PushCase
from odoo.addons.connector_base.tests.common_vendor import (
    COMPANIES,
    CONTACTS,
    same_names,
)

from .common_books import BooksMixin

TOLD = dataclasses.replace(
    COMPANIES,
    default_map=(
        *COMPANIES.default_map,
        *(
            dataclasses.replace(line, owner="odoo", direction="push")
            for line in same_names(
                *("customer_number", "payment_terms", "open_balance"),
                *("overdue_balance", "overdue_days", "is_overdue", "payment_status"),
                *("last_payment_date", "last_payment_amount", "last_order_number"),
                *("last_order_status", "invoice_status", "standing_currency"),
                *("subscription_state", "renewal_date", "recurring_revenue"),
            )
        ),
    ),
)


class StandingMixin(BooksMixin):
    """For test classes of flows that send: what is marked is worked out."""

    def work_out(self):
        """What was marked is worked out, as the cron does after a commit."""
        self.commit()
        with self.worker() as env:
            env["connector.customer.standing"]._cron_compute()
        self.env.invalidate_all()

    def standing(self, partner=None):
        self.work_out()
        partner = partner or self.acme
        return self.env["connector.customer.standing"].search(
            [("partner_id", "=", partner.id)]
        )

    def minutes_pass(self, minutes):
        delta = datetime.timedelta(minutes=minutes)
        rows = self.env["connector.customer.standing"].search([])
        for row in rows:
            row.published_at -= delta
        for mark in self.env["connector.standing.mark"].search([]):
            mark.due_at -= delta
        self.commit()
        self.forget()


class StandingCase(StandingMixin, PushCase):
    """A customer, and a company that tells of its standing."""

    streams = (TOLD, CONTACTS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_books()
        cls.env.company.write(
            {"standing_interval": 15, "standing_payment_at_once": True}
        )
        cls.acme = cls.env["res.partner"].create(
            {
                "name": "Acme",
                "is_company": True,
                "property_account_receivable_id": cls.books["receivable"].id,
            }
        )
