"""Ten thousand accounts with their hierarchy, read by Bulk API and sent back."""

from simulators import SalesforceSimulator

from odoo.tools import SQL

from .own_database import committed, start_worker
from .salesforce_case import KEY
from .test_salesforce_orgs import connect, of_salesforce

GROUPS = 100
BRANCHES = 99


def work(database):
    """Let workers run until nothing is left to do."""
    assert start_worker(database).wait(timeout=240) == 0


def sync(database, flow_id):
    with committed(database) as env:
        env["connector.flow"].browse(flow_id).action_sync()
    work(database)


def bound(env, flow_id):
    """``{account: partner's id}``"""
    bindings = env["connector.binding"].search([("flow_id", "=", flow_id)])
    assert set(bindings.mapped("state")) == {"synced"}
    return dict(
        zip(bindings.mapped("remote_id"), bindings.mapped("res_id"), strict=True)
    )


def test_ten_thousand_accounts_go_both_ways(database):
    with SalesforceSimulator(token=None, bulk={"polls": 0}) as salesforce:
        store = salesforce.store
        store.define_field("Account", "Odoo_Id__c", **KEY)
        parents = {}
        for group in salesforce.fill("Account", GROUPS):
            branches = salesforce.fill("Account", BRANCHES, ParentId=group)
            parents |= dict.fromkeys(branches, group)
        with committed(database) as env:
            connection = connect(
                env, "salesforce", salesforce, of_salesforce(salesforce)
            )
            flow = connection.flow_ids.filtered(lambda f: f.stream == "Account")
            (connection.flow_ids - flow).active = False
            env["connector.job"].search([("flow_id", "!=", flow.id)]).action_cancel()
            let_send(env, flow)
            flow_id = flow.id
        work(database)
        assert salesforce.requests.count("POST", "/jobs/query") == 1
        with committed(database) as env:
            partners = bound(env, flow_id)
            assert partners.keys() == set(store.tables["Account"].rows)
            assert parents_in_odoo(env, partners) == parents
            # What Odoo changes of all of them goes out.
            everybody = env["res.partner"].browse(partners.values())
            everybody.write({"city": "Bonn"})
        work(database)
        rows = store.tables["Account"].rows.values()
        assert {row["BillingCity"] for row in rows} == {"Bonn"}
        assert len(rows) == GROUPS * (BRANCHES + 1)
        # And what the org changes comes in.
        for row in list(rows):
            store.update("Account", row["Id"], {"BillingPostalCode": "53111"})
        sync(database, flow_id)
        with committed(database) as env:
            assert bound(env, flow_id) == partners
            everybody = env["res.partner"].browse(partners.values())
            assert set(everybody.mapped("zip")) == {"53111"}
            assert set(everybody.mapped("city")) == {"Bonn"}
            assert not env["connector.change"].search_count([])
            dead = env["connector.job"].search([("state", "=", "dead")])
            assert not dead.mapped("error")
    assert salesforce.crashes == []


def let_send(env, flow):
    draft = env["connector.field.map"].browse(
        flow.active_map_id.action_new_draft()["res_id"]
    )
    for line in draft.line_ids.filtered(lambda line: line.direction == "both"):
        line.owner = "odoo" if line.target == "city" else "remote"
    # No second person is here.
    draft._take_effect()
    flow.direction = "both"


def parents_in_odoo(env, partners):
    """``{account: the account that Odoo has as its parent}``"""
    accounts = {partner: account for account, partner in partners.items()}
    rows = env.execute_query(
        SQL(
            "SELECT id, parent_id FROM res_partner"
            " WHERE id = ANY(%s) AND parent_id IS NOT NULL",
            list(accounts),
        )
    )
    return {accounts[child]: accounts[parent] for child, parent in rows}
