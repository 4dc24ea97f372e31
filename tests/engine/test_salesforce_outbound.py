"""Outbound messages: what is taken of them, and what is refused."""

import datetime

import pytest
from simulators.receiver import Receiver
from simulators.routing import Reply
from simulators.salesforce import SalesforceSimulator
from simulators.salesforce.outbound import ACK

from odoo.addons.connector_base.engine.errors import AuthenticationError
from odoo.addons.connector_salesforce.salesforce import outbound

ORGANIZATION = "00D5g000000AAAAEAA"
NOTIFICATION = """
<Notification>
 <Id>{key}</Id>
 <sObject xsi:type="sf:{kind}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
  {fields}
 </sObject>
</Notification>"""


def message(*notifications, organization=ORGANIZATION, head=""):
    body = "".join(notifications)
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
 <OrganizationId>{organization}</OrganizationId><ActionId>04k000000000001AAA</ActionId>
 <SessionId xsi:nil="true"/>{body}
</notifications></soapenv:Body></soapenv:Envelope>""".encode()


def notification(key="04l1", kind="Account", **fields):
    fields = {"Id": "001000000000001AAA", **fields}
    inner = "".join(f"<sf:{k}>{v}</sf:{k}>" for k, v in fields.items())
    return NOTIFICATION.format(key=key, kind=kind, fields=inner)


def test_each_notification_names_a_record_to_fetch():
    body = message(
        notification("a", SystemModstamp="2026-11-02T09:00:00.000Z", Name="Acme"),
        notification("b", kind="Property__c", Id="a00000000000001AAA"),
    )
    first, second = outbound.events(body)
    assert (first.key, first.stream) == ("a", "Account")
    assert first.remote_id == "001000000000001AAA"
    moment = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
    assert first.occurred_at == moment
    assert (second.stream, second.occurred_at) == ("Property__c", None)


def test_what_a_record_holds_is_not_kept():
    [event] = outbound.events(message(notification(Name="Acme", Phone="+49 30")))
    assert "Acme" not in str(event)
    assert "+49" not in str(event)


def test_short_ids_become_those_that_records_are_known_by():
    [event] = outbound.events(message(notification(Id="0015g00000AbCdE")))
    assert event.remote_id == outbound.id18("0015g00000AbCdE")
    assert outbound.id18("0015g00000AbCdEFGH") == "0015g00000AbCdEFGH"
    # From the vendor's own page about it.
    assert outbound.id18("0013000000Fg1qm") == "0013000000Fg1qmAAB"


def test_the_organization_is_checked_in_both_lengths():
    outbound.check_organization(message(notification()), ORGANIZATION)
    outbound.check_organization(message(notification()), ORGANIZATION[:15])
    for other in ("00D000000000001AAA", "", None):
        with pytest.raises(AuthenticationError):
            outbound.check_organization(message(notification()), other)
    with pytest.raises(AuthenticationError):
        outbound.check_organization(b"<x/>", ORGANIZATION)
    with pytest.raises(AuthenticationError):
        outbound.check_organization(message(organization=""), "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not xml",
        b"<x/>",
        b'{"json": true}',
        b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Body/></Envelope>",
        message(NOTIFICATION.format(key="", kind="Account", fields="")),
        message("<Notification><Id>1</Id></Notification>"),
    ],
)
def test_what_is_no_message_is_refused(body):
    with pytest.raises(ValueError):
        outbound.events(body)


@pytest.mark.parametrize(
    "declared",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_no_entity_is_expanded_and_no_address_called(declared):
    body = message(notification(Name="&file;" if "file" in declared else "x"))
    body = body.replace(b"?>", b"?>" + declared.encode(), 1)
    with pytest.raises(ValueError):
        outbound.events(body)


def test_a_message_of_the_simulated_org_is_understood_and_acknowledged():
    answer = Reply(200, outbound.ACKNOWLEDGED.encode())
    with SalesforceSimulator() as salesforce, Receiver(answer=answer) as receiver:
        objects = {"Account": ["Name"]}
        salesforce.outbound.configure(target=receiver.url, objects=objects)
        account = salesforce.store.create("Account", {"Name": "Acme"})
        assert salesforce.outbound.wait(10)
        organization = salesforce.store.organization_id
    [(_headers, body)] = receiver.deliveries
    outbound.check_organization(body, organization)
    [event] = outbound.events(body)
    assert (event.stream, event.remote_id) == ("Account", account)
    assert ACK.search(outbound.ACKNOWLEDGED.encode())
