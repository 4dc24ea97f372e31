from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTradeAccess(TransactionCase):
    """Who sees and changes deal lines, price books and contracts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env.company
        cls.other = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.seller = cls.user_of("sales_team.group_sale_salesman")
        cls.manager = cls.user_of("sales_team.group_sale_manager")
        cls.viewer = cls.user_of("connector_base.group_viewer")

    @classmethod
    def user_of(cls, group):
        return new_test_user(cls.env, login=group, groups=group)

    def records_of(self, company, user=None):
        """A deal line, a price book and a contract of a company."""
        env = self.env(context={"allowed_company_ids": company.ids})
        partner = env["res.partner"].create({"name": "Acme", "is_company": True})
        lead = env["crm.lead"].create(
            {
                "name": "Rollout",
                "type": "opportunity",
                "company_id": company.id,
                "user_id": user and user.id,
                "team_id": False,
            }
        )
        line = env["connector.deal.line"].create({"lead_id": lead.id, "name": "Line"})
        book = env["connector.price.book"].create(
            {"name": "Retail", "company_id": company.id}
        )
        agreement = env["connector.agreement"].create(
            {
                "number": "C-1",
                "partner_id": partner.id,
                "company_id": company.id,
                "user_id": user and user.id,
            }
        )
        return line, book, agreement

    def seen(self, user, records):
        return [
            bool(
                record.with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
                .search([("id", "=", record.id)])
            )
            for record in records
        ]

    def test_nobody_sees_what_is_another_companys(self):
        for user in (self.seller, self.manager, self.viewer):
            with self.subTest(user=user.login):
                ours = self.records_of(self.company)
                theirs = self.records_of(self.other)
                self.assertEqual(self.seen(user, ours), [True] * 3)
                self.assertEqual(self.seen(user, theirs), [False] * 3)

    def test_salespeople_see_their_own_deals_and_contracts(self):
        line, book, agreement = self.records_of(self.company, self.manager)
        self.assertEqual(
            self.seen(self.seller, (line, book, agreement)), [False, True, False]
        )
        self.assertEqual(self.seen(self.manager, (line, book, agreement)), [True] * 3)

    def test_who_looks_after_connectors_only_reads(self):
        for record in self.records_of(self.company):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.viewer).unlink()

    def test_salespeople_read_prices_and_change_their_deals(self):
        line, book, _agreement = self.records_of(self.company, self.seller)
        line.with_user(self.seller).quantity = 3
        with self.assertRaises(AccessError):
            book.with_user(self.seller).name = "Mine"

    def test_nobody_writes_what_was_agreed_when(self):
        agreement = self.records_of(self.company)[2]
        with self.assertRaises(AccessError):
            self.env["connector.agreement.version"].with_user(self.manager).create(
                {
                    "agreement_id": agreement.id,
                    "effective_date": "2026-01-01",
                    "currency_id": self.company.currency_id.id,
                }
            )
