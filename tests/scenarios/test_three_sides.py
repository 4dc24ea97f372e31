"""Two orgs and Odoo: thousands of accounts with hierarchies, in all directions."""

import time

from odoo.tests import tagged

from .salesforce_case import SalesforceCase

NUMBER = 2_000
#: One in so many is edited there, edited here, moved, deleted.
EDITED, MOVED, DELETED = 10, 50, 200
PATIENCE = 600


@tagged("post_install", "-at_install")
class TestThreeSides(SalesforceCase):
    """The first org fills Odoo, Odoo fills the second; then all three change."""

    org = {
        "records": NUMBER,
        "counts": {"contacts": 0, "deals": 0, "products": 0, "leads": 0},
        "dirt": 0,
        "seed": 5,
    }

    def setUp(self):
        super().setUp()
        self.other = self.start_org()
        self.target = self.new_salesforce(self.other, name="Salesforce Two")
        for connection in (self.connection, self.target):
            # What an org takes in a day is no matter here.
            connection.budget_ids.active = False
            connection.action_connect()
            connection.value_map_ids.line_ids.action_accept_suggestion()
            flows = connection.flow_ids
            flows.filtered(lambda flow: flow.stream != "Account").active = False

    # -- work -----------------------------------------------------------------

    def finish(self):
        """Run until nothing is left to do."""
        end = time.monotonic() + PATIENCE
        while True:
            self.env.cr.flush()
            self.run_jobs()
            waiting = self.env["connector.job"].search([("state", "=", "pending")])
            if not waiting:
                break
            self.assertLess(time.monotonic(), end, waiting.mapped("name"))
            # Another look at a bulk job, or a turn that was over.
            self.hurry(60)
        dead = self.env["connector.job"].search([("state", "=", "dead")])
        self.assertFalse(dead.mapped("error"))

    def pull(self, *connections):
        for connection in connections:
            connection.flow_ids._enqueue_pull()
        self.finish()

    def send(self, *connections):
        self.env.cr.flush()
        for connection in connections:
            connection.flow_ids._enqueue_push()
        self.finish()

    def both_ways(self, connection):
        self.connection, before = connection, self.connection
        self.let_send("Account")
        self.connection = before

    # -- what is there --------------------------------------------------------

    def partners(self, connection):
        """``{remote id: partner id}``"""
        bindings = self.env["connector.binding"].search_fetch(
            [("connection_id", "=", connection.id), ("state", "=", "synced")],
            ["remote_id", "res_id"],
        )
        return {binding.remote_id: binding.res_id for binding in bindings}

    def assertAgree(self, connection, org):
        """Each living account is one partner, with its name, city and parent."""
        self.env.invalidate_all()
        accounts = {row["Id"]: row for row in org.store.find("Account")}
        partners = self.partners(connection)
        self.assertEqual(accounts.keys() - partners.keys(), set())
        self.assertEqual(len(set(partners.values())), len(partners))
        records = self.env["res.partner"].with_context(active_test=False)
        found = records.browse(partners[remote_id] for remote_id in accounts)
        rows = {row["id"]: row for row in found.read(self.COMPARED, load=None)}
        for remote_id, account in accounts.items():
            row = rows[partners[remote_id]]
            parent = account["ParentId"]
            self.assertEqual(
                (row["name"], row["city"] or None, row["parent_id"] or None),
                (
                    " ".join(account["Name"].split()),
                    account["BillingCity"],
                    partners[parent] if parent else None,
                ),
                account,
            )

    COMPARED = ("name", "city", "parent_id", "active")

    def test_three_sides_agree_whatever_was_changed_on_each(self):
        self.pull(self.connection)
        self.assertEqual(self.store.count("Account"), NUMBER)
        self.assertAgree(self.connection, self.salesforce)
        tree = self.env["res.partner"].browse(self.partners(self.connection).values())
        self.assertGreater(len(tree.filtered("parent_id")), NUMBER // 50)

        self.both_ways(self.connection)
        self.both_ways(self.target)
        self.target.flow_ids.action_send_all()
        self.send(self.target)
        self.assertEqual(self.other.store.count("Account"), NUMBER)
        self.assertAgree(self.target, self.other)

        self.change()
        for _round in range(3):
            self.pull(self.connection, self.target)
            self.send(self.connection, self.target)
        versions = self.store.version, self.other.store.version
        self.pull(self.connection, self.target)
        self.send(self.connection, self.target)
        self.assertEqual(
            (self.store.version, self.other.store.version), versions, "no rest"
        )
        self.assertFalse(self.env["connector.change"].search([]))
        self.assertAgree(self.connection, self.salesforce)
        self.assertAgree(self.target, self.other)

    def change(self):
        """Edits on all three sides, accounts that move, and such that go."""
        partners = self.partners(self.connection)
        accounts = sorted(partners)
        for account in accounts[0::EDITED]:
            self.store.update("Account", account, {"BillingCity": "Bonn"})
        ours = self.env["res.partner"].browse(
            partners[account] for account in accounts[1::EDITED]
        )
        ours.city = "Lyon"
        for account in sorted(self.partners(self.target))[2::EDITED]:
            self.other.store.update("Account", account, {"BillingCity": "Rome"})
        top = accounts[3]
        for account in accounts[4::MOVED]:
            self.store.update("Account", account, {"ParentId": top})
        parents = {row["ParentId"] for row in self.store.find("Account")}
        for account in accounts[5::DELETED]:
            if account not in parents:
                self.store.delete("Account", account)
