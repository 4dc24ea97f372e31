"""Workers that share a token, and accounts that share a database."""

import threading

from simulators import HubSpotSimulator, SalesforceSimulator

from .own_database import committed, start_worker
from .salesforce_case import KEY

ACCOUNTS = 30


def connect(env, vendor, simulator, secrets, **values):
    connection = env["connector.connection"].create(
        {
            "name": simulator.url,
            "provider": vendor,
            "base_url": simulator.url,
            **values,
        }
    )
    for credential in connection.credential_ids:
        if credential.key in secrets:
            credential.secret = secrets[credential.key]
    connection.action_connect()
    connection.budget_ids.active = False
    return connection


def of_salesforce(salesforce):
    return {
        "consumer_key": salesforce.auth.key,
        "consumer_secret": salesforce.auth.secret,
    }


def test_a_token_that_is_revoked_in_mid_run_is_renewed_once_by_two_workers(database):
    with SalesforceSimulator(token=None) as salesforce:
        salesforce.fill("Account", ACCOUNTS)
        salesforce.fill("Contact", ACCOUNTS)
        with committed(database) as env:
            connection = connect(
                env, "salesforce", salesforce, of_salesforce(salesforce)
            )
            flows = connection.flow_ids
            flows.filtered(
                lambda flow: flow.stream not in ("Account", "Contact")
            ).active = False
            lanes = dict(
                zip(flows.filtered("active"), ("default", "bulk"), strict=True)
            )
            for flow, lane in lanes.items():
                flow.lane = lane
            env["connector.job"].search([("state", "=", "pending")]).action_cancel()
            connection_id = connection.id
            flows.filtered("active")._enqueue_pull()
        assert salesforce.auth.issued <= 2
        salesforce.revoke()
        issued = salesforce.auth.issued
        salesforce.faults.add("latency", ms=100, path="query", times=None)
        workers = [start_worker(database) for _each in range(2)]
        for worker in workers:
            assert worker.wait(120) == 0
        assert salesforce.auth.issued == issued + 1
    with committed(database) as env:
        jobs = env["connector.job"].search([("connection_id", "=", connection_id)])
        assert not jobs.filtered(lambda j: j.state == "dead").mapped("error")
        bindings = env["connector.binding"].search(
            [("connection_id", "=", connection_id)]
        )
        assert len(bindings) == 2 * ACCOUNTS


def test_two_orgs_and_a_portal_share_a_database_of_two_companies(database):
    with (
        SalesforceSimulator(token=None, seed=1) as one,
        SalesforceSimulator(token=None, seed=2, multi_currency=False) as two,
        HubSpotSimulator(seed=3) as hubspot,
    ):
        for org in (one, two):
            org.store.define_field("Account", "Odoo_Id__c", **KEY)
            for number in range(5):
                parent = org.store.create("Account", {"Name": f"Group {number}"})
                org.store.create(
                    "Account", {"Name": f"Branch {number}", "ParentId": parent}
                )
        for number in range(10):
            hubspot.store.create("companies", {"name": f"Company {number}"})
        with committed(database) as env:
            other = env["res.company"].create({"name": "Second"})
            ids = [
                connect(env, "salesforce", one, of_salesforce(one)).id,
                connect(
                    env, "salesforce", two, of_salesforce(two), company_id=other.id
                ).id,
                connect(env, "hubspot", hubspot, {"access_token": hubspot.token}).id,
            ]
        work(database)
    with committed(database) as env:
        for connection in env["connector.connection"].browse(ids):
            bindings = env["connector.binding"].search(
                [
                    ("connection_id", "=", connection.id),
                    ("entity", "=", "customer.company"),
                ]
            )
            assert len(bindings) == 10, connection.name
            assert set(bindings.company_id) == {connection.company_id}
            partners = env["res.partner"].browse(bindings.mapped("res_id"))
            assert partners.company_id <= connection.company_id
            names = set(partners.mapped("name"))
            if connection.provider == "salesforce":
                assert "Branch 3" in names
                branches = partners.filtered(lambda p: "Branch" in p.name)
                assert {p.parent_id.name[-1] for p in branches} == set("01234")
        assert not env["connector.job"].search([("state", "=", "dead")]).mapped("error")


def work(database):
    workers = [start_worker(database) for _each in range(2)]
    threads = [threading.Thread(target=worker.wait) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(180)
    assert [worker.poll() for worker in workers] == [0, 0]
