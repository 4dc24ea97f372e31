"""What an automation rule of a Freshdesk account tells, and how."""

import base64
import json

import pytest
from simulators.freshdesk.webhooks import SECRET, SECRET_HEADER
from simulators.receiver import Receiver
from simulators.routing import Reply


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def told(freshdesk, receiver):
    """Configure, wait, and give the bodies that came."""
    freshdesk.webhooks.configure(target=receiver.url, backoff=0.01)

    def bodies():
        assert freshdesk.webhooks.wait()
        return [json.loads(body) for _headers, body in receiver.deliveries]

    return bodies


@pytest.fixture
def ticket(freshdesk, fresh, told):
    """A ticket that was made after the rule was."""
    return fresh.made(
        "/tickets", email="ann@x.example", subject="Broken", description="D"
    )


def test_a_rule_posts_its_template_and_nothing_is_signed(receiver, told, ticket):
    [body] = told()
    assert body == {
        "freshdesk_webhook": {
            "ticket_id": str(ticket["id"]),
            "ticket_subject": "Broken",
            "ticket_status": "Open",
            "ticket_contact_email": "ann@x.example",
            "triggered_event": "ticket_created",
        }
    }
    headers = receiver.deliveries[0][0]
    assert headers[SECRET_HEADER] == SECRET
    assert not any("signature" in name.lower() for name in headers)


def test_headers_and_basic_auth_are_what_the_author_set(
    freshdesk, fresh, receiver, told, ticket
):
    told()
    freshdesk.webhooks.configure(
        headers={"X-Own": "7"},
        user="odoo",
        password="p",
        template={"id": "{{ ticket.id }}", "what": "{{nothing}}", "fixed": 1},
    )
    fresh.put(f"/tickets/{ticket['id']}", {"priority": 4})
    assert told()[-1] == {"id": str(ticket["id"]), "what": "", "fixed": 1}
    headers = receiver.deliveries[-1][0]
    assert headers["X-Own"] == "7" and SECRET_HEADER not in headers
    pair = headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(pair) == b"odoo:p"


def test_contacts_and_companies_are_not_told(fresh, told):
    fresh.made("/companies", name="Acme")
    fresh.made("/contacts", name="Ann", email="ann@x.example")
    assert told() == []


def test_each_step_of_a_ticket_is_an_event(fresh, told, ticket):
    path = f"/tickets/{ticket['id']}"
    fresh.put(path, {"status": 3})
    fresh.made(f"{path}/notes", body="N")
    fresh.made(f"{path}/reply", body="R")
    fresh.delete(path)
    events = [each["freshdesk_webhook"]["triggered_event"] for each in told()]
    assert events == [
        "ticket_created",
        "ticket_updated",
        "note_added",
        "reply_added",
        "ticket_deleted",
    ]


def test_only_the_events_of_the_rule(freshdesk, fresh, told):
    freshdesk.webhooks.configure(events=["ticket_deleted"])
    ticket = fresh.made("/tickets", email="a@x.example", subject="S", description="D")
    fresh.delete(f"/tickets/{ticket['id']}")
    [body] = told()
    assert body["freshdesk_webhook"]["triggered_event"] == "ticket_deleted"


def test_it_is_tried_four_times_and_then_given_up(freshdesk, receiver, told, ticket):
    told()
    receiver.answer = Reply(500)
    freshdesk.cases.change(freshdesk.store.get("ticket", ticket["id"]), {"priority": 3})
    told()
    assert freshdesk.webhooks.counts["status_500"] == 4
    assert freshdesk.webhooks.counts["given_up"] == 1


def test_calls_come_twice_in_any_order_or_never(freshdesk, fresh, told, ticket):
    told()
    freshdesk.webhooks.configure(faults={"duplicate": 1.0, "reorder": 1.0}, gather=0.2)
    for number in range(6):
        fresh.put(f"/tickets/{ticket['id']}", {"subject": f"S{number}"})
    assert len(told()) == 13
    freshdesk.webhooks.configure(faults={"drop": 1.0})
    fresh.put(f"/tickets/{ticket['id']}", {"subject": "last"})
    assert len(told()) == 13
    assert freshdesk.webhooks.counts["dropped"] == 1


def test_a_call_can_come_with_another_secret(freshdesk, fresh, receiver, told, ticket):
    told()
    freshdesk.webhooks.configure(faults={"bad_secret": 1.0})
    fresh.put(f"/tickets/{ticket['id']}", {"priority": 2})
    told()
    assert receiver.deliveries[-1][0][SECRET_HEADER] != SECRET


def test_the_control_endpoint_sets_it_up_and_tells_no_secret(
    freshdesk, fresh, receiver
):
    url = f"{freshdesk.url}/_control/webhooks"
    fresh.session.post(url, json={"target": receiver.url, "password": "p"}, timeout=5)
    answer = fresh.session.get(url, timeout=5)
    assert answer.json()["target"] == receiver.url
    assert SECRET not in answer.text and "password" not in answer.json()
