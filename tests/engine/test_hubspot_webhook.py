"""HubSpot's webhooks: the signature, and what a delivery tells of."""

import base64
import datetime
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_hubspot.hubspot import webhook

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URI = "https://www.example.com/webhook_uri"
NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TYPES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-7": "products"} | {
    "0-14": "quotes"
}


def delivery(body=b"[]", uri=URI, timestamp=NOW_MS, secret=SECRET, **changed):
    """A delivery as HubSpot signs it, then changed on its way."""
    headers = {
        webhook.TIMESTAMP_HEADER: str(timestamp),
        webhook.SIGNATURE_HEADER: webhook.signature(
            secret, "POST", uri, body, str(timestamp)
        ),
    }
    headers.update(changed.pop("headers", {}))
    values = {"method": "POST", "url": uri, "body": body, "received_at": NOW}
    return WebhookRequest(**{**values, **changed}, headers=headers)


def accepted(request, secret=SECRET, uris=(URI,)):
    return webhook.is_fresh(request) and webhook.is_genuine(secret, request, uris)


def event(**values):
    return {
        "eventId": 100,
        "subscriptionId": 7,
        "portalId": 62515,
        "appId": 54321,
        "occurredAt": NOW_MS,
        "subscriptionType": "company.propertyChange",
        "attemptNumber": 0,
        "objectId": 123,
        "propertyName": "name",
        "propertyValue": "Acme",
        "changeSource": "CRM",
        **values,
    }


def read(*items):
    return webhook.events(json.dumps(items).encode())


# -- signature -----------------------------------------------------------------


def test_the_signature_covers_method_address_body_and_time_in_this_order():
    plain = b"POST" + URI.encode() + b'[{"objectId":1}]' + b"1793610000000"
    expected = base64.b64encode(
        hmac.new(SECRET.encode(), plain, hashlib.sha256).digest()
    ).decode()
    found = webhook.signature(SECRET, "POST", URI, b'[{"objectId":1}]', "1793610000000")
    assert found == expected
    # Computed with openssl dgst -sha256 -hmac, so that both can't be wrong alike.
    assert found == "2k2k6JtUcfUwRyc6u6BI6SezHI6G80BmDZIc08x2vmQ="


@pytest.mark.parametrize(
    ("encoded", "decoded"),
    [
        ("/a%3Ab%2Fc%3Fd%40e", "/a:b/c?d@e"),
        ("/%21%24%27%28%29%2A%2C%3B", "/!$'()*,;"),
        ("/%2f%2F%3a", "///:"),
        # These stay as they are.
        ("/%20%26%3D%2B%25%23%5B", "/%20%26%3D%2B%25%23%5B"),
        ("/%252F", "/%252F"),
    ],
)
def test_only_the_characters_that_hubspot_names_are_decoded(encoded, decoded):
    host = "https://odoo.example"
    signed = webhook.signature(SECRET, "POST", host + encoded, b"", "1")
    plain = b"POST" + (host + decoded).encode() + b"1"
    digest = hmac.new(SECRET.encode(), plain, hashlib.sha256).digest()
    assert signed == base64.b64encode(digest).decode()


@given(st.binary(max_size=300), st.text(min_size=1, max_size=40))
def test_what_was_signed_with_the_secret_is_genuine(body, secret):
    assert accepted(delivery(body, secret=secret), secret)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_single_changed_bit_is_noticed(body, data):
    position = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[position // 8] ^= 1 << position % 8
    honest = delivery(body)
    sent = WebhookRequest("POST", URI, honest.headers, bytes(changed), NOW)
    assert accepted(honest) and not accepted(sent)


@given(st.text(max_size=80))
def test_no_other_signature_is_accepted(text):
    honest = delivery()
    if text != honest.headers[webhook.SIGNATURE_HEADER]:
        assert not accepted(delivery(headers={webhook.SIGNATURE_HEADER: text}))


@pytest.mark.parametrize("name", [webhook.SIGNATURE_HEADER, webhook.TIMESTAMP_HEADER])
def test_a_missing_header_is_no_signature(name):
    assert not accepted(delivery(headers={name: None}))


def test_the_older_versions_alone_are_not_accepted():
    body = b"[]"
    older = {
        "X-HubSpot-Signature": hashlib.sha256(SECRET.encode() + body).hexdigest(),
        "X-HubSpot-Signature-Version": "v1",
        webhook.SIGNATURE_HEADER: None,
    }
    assert not accepted(delivery(body, headers=older))


@pytest.mark.parametrize(
    ("seconds", "fresh"),
    [(0, True), (-300, True), (300, True), (-301, False), (301, False)],
)
def test_five_minutes_are_the_most_both_ways(seconds, fresh):
    timestamp = NOW_MS + seconds * 1000
    assert accepted(delivery(timestamp=timestamp)) is fresh


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e12", "٣" * 13, "9" * 40])
def test_a_time_that_is_none_is_not_fresh(timestamp):
    assert not accepted(delivery(timestamp=timestamp))


def test_the_address_may_be_the_one_that_people_use():
    called = "http://10.0.0.5:8069/connector/webhook/t?x=1"
    public = "https://odoo.example/connector/webhook/t?x=1"
    for base in ("https://odoo.example", "https://odoo.example/"):
        uris = webhook.called_addresses(called, base)
        assert uris == (called, public)
        for signed in uris:
            assert accepted(delivery(uri=signed), uris=uris)
    other = delivery(uri="https://evil.example/connector/webhook/t?x=1")
    assert not accepted(other, uris=uris)


# -- events --------------------------------------------------------------------


def test_an_event_names_record_time_and_kind():
    [found] = read(event())
    assert (found.stream, found.remote_id) == ("companies", "123")
    assert found.kind == "company.propertyChange"
    assert found.occurred_at == NOW
    assert found.payload == event()


@pytest.mark.parametrize(
    ("values", "stream"),
    [
        ({"subscriptionType": "contact.creation"}, "contacts"),
        ({"subscriptionType": "contact.privacyDeletion"}, "contacts"),
        ({"subscriptionType": "deal.deletion"}, "deals"),
        ({"subscriptionType": "product.propertyChange"}, "products"),
        ({"subscriptionType": "ticket.creation"}, None),
        ({"subscriptionType": "conversation.newMessage"}, None),
        *(
            ({"subscriptionType": "object.propertyChange", "objectTypeId": key}, name)
            for key, name in TYPES.items()
        ),
        ({"subscriptionType": "object.creation", "objectTypeId": "2-99"}, "2-99"),
        ({"subscriptionType": "object.creation"}, None),
    ],
)
def test_subscription_types_old_and_new_name_the_stream(values, stream):
    found, *others = read(event(**values))
    assert found.stream == stream
    # What is made of a record is read again as well.
    assert [other.stream for other in others] == list(webhook.STREAMS.get(stream, ()))[
        1:
    ]


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("portalId", 1),
        ("subscriptionId", 1),
        ("objectId", 1),
        ("occurredAt", 1),
        ("propertyName", "city"),
        ("eventId", 1),
    ],
)
def test_events_that_differ_in_one_part_are_two(part, value):
    [one], [other] = read(event()), read(event(**{part: value}))
    assert one.key != other.key


def test_another_attempt_is_the_same_event():
    [one], [again] = read(event()), read(event(attemptNumber=3))
    assert one.key == again.key


def test_a_merge_is_an_event_of_every_record_in_it():
    merge = event(
        subscriptionType="company.merge",
        objectId=1,
        primaryObjectId=1,
        mergedObjectIds=[2, 3],
        newObjectId=9,
    )
    found = read(merge)
    assert [each.remote_id for each in found] == ["1", "2", "3", "9"]
    assert len({each.key for each in found}) == 4


def test_an_association_is_an_event_of_the_record_it_begins_at():
    link = event(subscriptionType="contact.associationChange", fromObjectId=5)
    del link["objectId"]
    [found] = read(link)
    assert (found.stream, found.remote_id) == ("contacts", "5")


@pytest.mark.parametrize(
    "values",
    [
        {
            "subscriptionType": "deal.associationChange",
            "associationType": "DEAL_TO_CONTACT",
        },
        {
            "subscriptionType": "object.associationChange",
            "fromObjectTypeId": "0-3",
            "toObjectTypeId": "0-1",
        },
        {
            "subscriptionType": "object.associationChange",
            "objectTypeId": "0-3",
            "toObjectTypeId": "0-1",
        },
    ],
    ids=["older", "generic", "generic with objectTypeId"],
)
def test_a_link_is_an_event_of_both_its_ends(values):
    link = event(fromObjectId=5, toObjectId=5, associationRemoved=True, **values)
    del link["objectId"]
    found = read(link)
    assert [(e.stream, e.remote_id) for e in found] == [
        ("deals", "5"),
        ("contacts", "5"),
    ]
    assert len({each.key for each in found}) == 2


def test_an_end_that_is_none_of_ours_is_left_out():
    link = event(
        subscriptionType="deal.associationChange",
        associationType="DEAL_TO_TICKET",
        fromObjectId=5,
        toObjectId=6,
    )
    del link["objectId"]
    assert [(e.stream, e.remote_id) for e in read(link)] == [("deals", "5")]


def test_a_line_item_is_an_event_of_each_stream_that_reads_them():
    found = read(event(subscriptionType="line_item.propertyChange", objectId=9))
    assert [each.stream for each in found] == ["line_items", "quote_line_items"]
    assert {each.remote_id for each in found} == {"9"}
    assert len({each.key for each in found}) == 2


@pytest.mark.parametrize(
    "kind",
    ["creation", "deletion", "restore", "privacyDeletion", "merge", "propertyChange"],
)
def test_every_kind_of_change_is_one_to_read_again(kind):
    [found] = read(event(subscriptionType=f"contact.{kind}"))
    assert (found.stream, found.kind) == ("contacts", f"contact.{kind}")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[1]",
        b"[[]]",
        b"[{}]",
        b"\xff\xfe",
        b'[{"subscriptionType": "company.creation"}]',
        b'[{"subscriptionType": 5, "objectId": 1}]',
        b'[{"subscriptionType": "company.creation", "objectId": 1, "x": NaN}]',
        json.dumps([event(occurredAt="today")]).encode(),
        json.dumps([event(occurredAt=10**18)]).encode(),
        json.dumps([event(occurredAt=True)]).encode(),
    ],
)
def test_what_is_no_delivery_is_refused(body):
    with pytest.raises(ValueError):
        webhook.events(body)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*event(), "mergedObjectIds"]), inner, max_size=5
        )
    ),
    max_leaves=12,
)


@given(st.lists(json_values, max_size=4))
def test_any_json_is_read_or_refused_and_nothing_else(items):
    try:
        found = read(*items)
    except ValueError:
        return
    for each in found:
        assert each.key and each.kind and each.remote_id
