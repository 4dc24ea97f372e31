"""Salesforce: outbound messages, what they tell and what goes wrong with them."""

import time
from xml.etree import ElementTree

import pytest
from simulators.receiver import Receiver
from simulators.routing import Reply
from simulators.salesforce.outbound import TRIES

OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
SOBJECT = "{urn:sobject.enterprise.soap.sforce.com}"
ACK = (
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
    '<soapenv:Body><notificationsResponse xmlns="http://soap.sforce.com/2005/09/'
    'outbound"><Ack>{}</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>'
)


def acknowledgement(value):
    return ACK.format(value).encode()


class Listener(Receiver):
    """Somebody who is told, and acknowledges it."""

    def messages(self):
        return [ElementTree.fromstring(body) for _headers, body in self.deliveries]

    def told(self):
        """(notification id, type, {field: text}) of all messages."""
        found = []
        for message in self.messages():
            for each in message.iter(f"{OUTBOUND}Notification"):
                sobject = each.find(f"{OUTBOUND}sObject")
                kind = next(value for key, value in sobject.items() if "type" in key)
                fields = {part.tag.removeprefix(SOBJECT): part.text for part in sobject}
                found.append((each.find(f"{OUTBOUND}Id").text, kind, fields))
        return found


@pytest.fixture
def listener():
    with Listener("/secret", Reply(200, acknowledgement("true"))) as running:
        yield running


@pytest.fixture
def telling(start_org, listener):
    """Start an org that tells of accounts."""

    def run(**settings):
        settings.setdefault("objects", {"Account": ["Name", "SystemModstamp"]})
        return start_org(
            outbound={"target": listener.url, "backoff": 0.005, **settings}
        )

    return run


def wait(org):
    assert org.outbound.wait(10), org.outbound.describe()


def test_changes_are_told_with_the_fields_chosen(telling, listener):
    org = telling()
    acme = org.store.create("Account", {"Name": "Acme & Sons <1>", "Phone": "1"})
    org.store.create("Contact", {"LastName": "Ada"})
    wait(org)
    [(number, kind, fields)] = listener.told()
    assert number.startswith("04l")
    assert kind == "sf:Account"
    assert fields == {
        "Id": acme,
        "Name": "Acme & Sons <1>",
        "SystemModstamp": "2026-11-02T09:00:00.000Z",
    }
    [message] = listener.messages()
    [organization] = message.iter(f"{OUTBOUND}OrganizationId")
    assert organization.text == org.store.organization_id
    [session] = message.iter(f"{OUTBOUND}SessionId")
    assert not session.text


def test_a_message_has_up_to_a_hundred(telling, listener):
    org = telling(gather=0.3)
    org.fill("Account", 230)
    wait(org)
    sizes = [
        len(list(each.iter(f"{OUTBOUND}Notification"))) for each in listener.messages()
    ]
    assert sizes == [100, 100, 30]


def test_what_is_taken_back_is_not_told(telling, listener, org_client_of):
    org = telling()
    attributes = {"type": "Account"}
    records = [{"attributes": attributes, "Name": name} for name in ("A", "")]
    body = {"allOrNone": True, "records": records}
    org_client_of(org).post("/composite/sobjects", body)
    org.store.create("Account", {"Name": "B"})
    wait(org)
    assert [fields["Name"] for _id, _kind, fields in listener.told()] == ["B"]


@pytest.mark.parametrize(
    "answer",
    [
        Reply(200, acknowledgement("false")),
        Reply(200, b"thanks"),
        Reply(500, acknowledgement("true")),
    ],
    ids=["refused", "unclear", "failed"],
)
def test_without_an_acknowledgement_it_is_told_again(telling, listener, answer):
    listener.answers = [answer, answer]
    org = telling()
    org.store.create("Account", {"Name": "A"})
    wait(org)
    told = listener.told()
    assert len(told) == 3
    assert len({number for number, _kind, _fields in told}) == 1
    assert org.outbound.counts["told"] == 1


def test_the_data_is_that_of_the_moment_it_is_sent(telling, listener):
    listener.answers = [Reply(500)]
    org = telling(backoff=0.3)
    acme = org.store.create("Account", {"Name": "A"})
    deadline = time.monotonic() + 10
    while not listener.deliveries and time.monotonic() < deadline:
        time.sleep(0.005)
    org.outbound.configure(objects={"Account": ["Name", "Phone"]})
    org.store.update("Account", acme, {"Phone": "9"})
    wait(org)
    assert all(fields.get("Phone") == "9" for _n, _k, fields in listener.told()[1:])


def test_it_gives_up_in_the_end(telling, listener):
    listener.answers = [Reply(503)] * TRIES
    org = telling(backoff=0.0001)
    org.store.create("Account", {"Name": "A"})
    wait(org)
    assert org.outbound.counts["given_up"] == 1


def test_messages_can_repeat_and_be_lost(telling, listener):
    org = telling(faults={"duplicate": 1})
    org.store.create("Account", {"Name": "A"})
    wait(org)
    assert len(listener.told()) == 2
    org.outbound.configure(faults={"drop": 1})
    org.store.create("Account", {"Name": "B"})
    wait(org)
    assert len(listener.told()) == 2
    assert org.outbound.counts["dropped"] == 1


def test_unknown_settings_are_an_error(telling):
    org = telling()
    with pytest.raises(ValueError, match="unknown settings"):
        org.outbound.configure(nope=1)
    with pytest.raises(ValueError, match="unknown faults"):
        org.outbound.configure(faults={"nope": 1})
