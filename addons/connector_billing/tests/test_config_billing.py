"""A billing policy goes to another database by codes, not by ids."""

import json

from odoo import Command
from odoo.exceptions import UserError

from odoo.addons.connector_base.engine import config_file

from .common import BillingCase

FILE = "connections/fake-fake-billing/rules/billing-policy.json"


class TestConfigBilling(BillingCase):
    def setUp(self):
        super().setUp()
        self.config = self.env["connector.config"]
        software = self.env["product.category"].create({"name": "Software"})
        self.policy(
            account_id=self.books["income"].id,
            tolerance=0.05,
            rounding_account_id=self.books["rounding"].id,
            posting="approval",
            account_map_ids=[
                Command.create(
                    {
                        "categ_id": software.id,
                        "country_id": self.env.ref("base.be").id,
                        "account_id": self.books["usage_income"].id,
                    }
                )
            ],
        )
        self.tree = self.config._export(self.connection)

    def edited(self, **values):
        document = json.loads(self.tree[FILE])
        document["values"].update(values)
        return {**self.tree, FILE: config_file.dump(document)}

    def apply(self, tree, **options):
        plan = self.config._plan(tree, self.company, **options)
        chosen = {change.ident for change in plan.changes if change.ident}
        self.config._apply(plan, chosen, ("billing.zip", "0" * 64))
        return plan

    def test_accounts_and_journals_are_named_by_their_codes(self):
        values = json.loads(self.tree[FILE])["values"]
        self.assertEqual(values["account_id"], "400000")
        self.assertEqual(values["journal_id"], "BILL")
        (row,) = values["account_map_ids"]
        self.assertEqual(row["categ_id"], "Software")
        self.assertEqual((row["country_id"], row["account_id"]), ("BE", "400100"))
        self.assertFalse({"unknown_customer_id", "unnamed_partner_id"} & values.keys())

    def test_the_policy_of_a_new_connection_becomes_as_the_file_says(self):
        self.connection.name = "Old"
        self.apply(self.tree)
        made = self.env["connector.connection"].search([("name", "=", "Fake Billing")])
        after = self.config._export(made)
        self.assertEqual(after[FILE].decode(), self.tree[FILE].decode())
        taxes = "connections/fake-fake-billing/values/billing.tax.json"
        self.assertEqual(after[taxes].decode(), self.tree[taxes].decode())

    def test_an_account_that_the_company_lacks_is_named_and_can_be_chosen(self):
        tree = self.edited(account_id="4711")
        plan = self.config._plan(tree, self.company)
        self.assertEqual(
            [change.problem for change in plan.changes],
            ["Account “4711” doesn't exist in Billed Ltd."],
        )
        chosen = {("account.account", "4711"): self.books["discount"].id}
        self.apply(tree, chosen=chosen)
        self.assertEqual(self.policy().account_id, self.books["discount"])

    def test_rows_of_the_account_map_are_changed_with_their_policy(self):
        row = json.loads(self.tree[FILE])["values"]["account_map_ids"][0]
        rows = [{**row, "account_id": "400000"}, {**row, "country_id": None}]
        plan = self.apply(self.edited(account_map_ids=rows))
        self.assertEqual(
            [(c.state, c.label, c.before, c.after) for c in plan.changes][:1],
            [("changed", "Income Account", "400100", "400000")],
        )
        self.assertEqual(
            set(self.policy().account_map_ids.mapped("account_id.code")),
            {"400000", "400100"},
        )

    def test_what_a_policy_refuses_is_told_and_nothing_is_written(self):
        tree = self.edited(rounding_account_id=None, posting="immediate")
        with self.assertRaisesRegex(UserError, "billing-policy.json.*rounding"):
            self.apply(tree)

    def test_map_editors_change_no_accounts(self):
        tree = self.edited(account_id="409000")
        editor = self.user_of(
            "map_editor",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user, may in ((editor, False), (self.finance(), True)):
            plan = self.config.with_user(user)._plan(tree, self.company)
            (change,) = plan.changes
            self.assertEqual(not change.problem, may)

    def finance(self):
        return self.user_of(
            "finance_approver",
            name="Finance",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
