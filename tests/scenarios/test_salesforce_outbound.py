"""From Salesforce to Odoo by outbound messages: real deliveries to a real server."""

import pytest
import requests
from simulators import SalesforceSimulator

from odoo.addons.connector_salesforce.salesforce import outbound

from .odoo_server import odoo_server
from .own_database import committed, own_database, start_worker
from .test_salesforce_orgs import connect, of_salesforce


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


@pytest.fixture(scope="module")
def salesforce():
    settings = {"objects": {"Account": ["SystemModstamp"]}, "backoff": 0.2}
    with SalesforceSimulator(token=None, outbound=settings) as running:
        yield running
    assert running.crashes == []


@pytest.fixture(scope="module")
def connected(database, salesforce):
    """Id and secret of a connection whose first load is over."""
    with committed(database) as env:
        connection = connect(env, "salesforce", salesforce, of_salesforce(salesforce))
        others = connection.flow_ids.filtered(lambda flow: flow.stream != "Account")
        others.active = False
        env["connector.job"].search([("flow_id", "in", others.ids)]).action_cancel()
        found = connection.id, connection.webhook_token
    assert start_worker(database).wait(timeout=120) == 0
    with committed(database) as env:
        env["connector.connection"].browse(found[0]).flow_ids.next_run_at = "2100-01-01"
    return found


def events(database, connection_id):
    with committed(database) as env:
        return env["connector.event"].search_read(
            [("connection_id", "=", connection_id)],
            ["state", "duplicates", "remote_id", "payload"],
        )


def test_a_change_arrives_although_messages_come_twice_and_in_any_order(
    database, salesforce, connected
):
    connection_id, token = connected
    with odoo_server(database) as url:
        salesforce.outbound.configure(
            target=f"{url}/connector/webhook/{token}",
            faults={"duplicate": 1.0, "reorder": 0.5},
        )
        ids = salesforce.fill("Account", 20)
        for record_id in ids:
            salesforce.store.update("Account", record_id, {"BillingCity": "Bonn"})
        assert salesforce.outbound.wait(30), salesforce.outbound.describe()
    told = events(database, connection_id)
    assert {event["remote_id"] for event in told} >= set(ids)
    assert sum(event["duplicates"] for event in told)
    assert start_worker(database).wait(timeout=120) == 0
    assert {event["state"] for event in events(database, connection_id)} == {"done"}
    with committed(database) as env:
        bindings = env["connector.binding"].search(
            [("connection_id", "=", connection_id), ("remote_id", "in", ids)]
        )
        partners = env["res.partner"].browse(bindings.mapped("res_id"))
        assert len(partners) == len(ids)
        assert set(partners.mapped("city")) == {"Bonn"}


MESSAGE = """<?xml version="1.0"?>
<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:x="http://www.w3.org/2001/XMLSchema-instance"><e:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
<OrganizationId>{organization}</OrganizationId>
<Notification><Id>{key}</Id><sObject x:type="s:Account" xmlns:s="urn:x">
<s:Id>001000000000001AAA</s:Id></sObject></Notification>
</notifications></e:Body></e:Envelope>"""


def test_only_messages_of_the_connected_org_are_stored_and_acknowledged(
    database, salesforce, connected
):
    connection_id, token = connected
    organization = salesforce.store.organization_id
    before = len(events(database, connection_id))

    def deliver(text, token=token):
        return requests.post(
            f"{url}/connector/webhook/{token}",
            data=text.encode(),
            headers={"Content-Type": "text/xml"},
            timeout=30,
        )

    with odoo_server(database) as url:
        good = deliver(MESSAGE.format(organization=organization, key="04l-good"))
        assert (good.status_code, good.text) == (200, outbound.ACKNOWLEDGED)
        assert good.headers["Content-Type"] == outbound.CONTENT_TYPE
        other = MESSAGE.format(organization="00D000000000001AAA", key="04l-other")
        assert deliver(other).status_code == 401
        mine = MESSAGE.format(organization=organization, key="04l-mine")
        assert deliver(mine, token="x" * 43).status_code == 401
        for text in ("", "no xml", f"<!DOCTYPE x>{mine[21:]}"):
            assert deliver(text).status_code == 401
    assert len(events(database, connection_id)) == before + 1
