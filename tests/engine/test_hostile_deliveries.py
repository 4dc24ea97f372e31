"""Whatever is delivered is an event that can be stored, or is refused."""

import contextlib
import datetime
import json
import string

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.answers import expected
from odoo.addons.connector_base.engine.records import WebhookRequest
from odoo.addons.connector_billing.providers.chargebee import webhook as chargebee
from odoo.addons.connector_billing.providers.stripe import webhook as stripe
from odoo.addons.connector_hubspot.hubspot import webhook as hubspot
from odoo.addons.connector_salesforce.salesforce import outbound as salesforce

from . import hostile

SECRET = "a secret of the right length, or so"
ORGANIZATION = "00D5g000000AAAAEAA"
URL = "https://odoo.example/connector/webhook/token"
STAMP = str(int(hostile.NOW.timestamp()))

MESSAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>
<notifications xmlns="http://soap.sforce.com/2005/09/outbound">
 <OrganizationId>{ORGANIZATION}</OrganizationId><ActionId>04k000000000001AAA</ActionId>
 <Notification><Id>04l1</Id>
  <sObject xsi:type="sf:Account" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
   <sf:Id>001000000000001AAA</sf:Id>
   <sf:SystemModstamp>2026-11-02T09:00:00.000Z</sf:SystemModstamp>
  </sObject></Notification></notifications></soapenv:Body></soapenv:Envelope>"""
BOMB = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    + "]><x>&l9;</x>"
)
OUTSIDE = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    + MESSAGE.partition("?>")[2].replace("04l1", "&f;")
)

#: Vendor -> a delivery that means well, to be changed.
BODIES = {
    "hubspot": [
        {
            "eventId": 1,
            "subscriptionId": 2,
            "portalId": 3,
            "occurredAt": 1_760_000_000_000,
            "subscriptionType": "deal.associationChange",
            "associationType": "DEAL_TO_LINE_ITEM",
            "fromObjectId": 4,
            "toObjectId": 5,
        },
        {
            "eventId": 2,
            "occurredAt": 1_760_000_000_001,
            "subscriptionType": "object.merge",
            "objectTypeId": "0-2",
            "objectId": 6,
            "mergedObjectIds": [7, 8],
            "primaryObjectId": 6,
        },
    ],
    "stripe": {
        "id": "evt_1",
        "object": "event",
        "type": "invoice.paid",
        "created": int(STAMP),
        "data": {
            "object": {
                "id": "in_1",
                "object": "invoice",
                "customer": {"id": "cus_1"},
                "charge": "ch_1",
                "lines": {"data": [{"id": "il_1", "price": {"id": "price_1"}}]},
            },
            "previous_attributes": {"status": "open"},
        },
    },
    "chargebee": {
        "id": "ev_1",
        "object": "event",
        "event_type": "payment_succeeded",
        "occurred_at": int(STAMP),
        "content": {
            "invoice": {"id": "1", "status": "paid", "resource_version": 1},
            "transaction": {"id": "t", "type": "payment", "updated_at": int(STAMP)},
            "customer": {"id": "c"},
            "credit_notes": [{"id": "cn", "reason_code": "write_off"}],
            "subscription_entitlement": {"subscription_id": "s", "feature_id": "f"},
        },
    },
}
#: Vendor -> ``(body) -> events``.
EVENTS = {
    "hubspot": hubspot.events,
    "stripe": stripe.inbound,
    "chargebee": chargebee.inbound,
    "salesforce": salesforce.events,
}


def _verify_hubspot(request):
    return hubspot.is_genuine(SECRET, request, (request.url,)) and hubspot.is_fresh(
        request
    )


def _verify_stripe(request):
    return stripe.is_genuine(SECRET, request) and stripe.is_fresh(request)


#: Vendor -> (headers that prove a delivery, whether it is proven).
SIGNATURES = {
    "hubspot": (
        {
            hubspot.TIMESTAMP_HEADER: f"{STAMP}000",
            hubspot.SIGNATURE_HEADER: hubspot.signature(
                SECRET, "POST", URL, b"{}", f"{STAMP}000"
            ),
        },
        _verify_hubspot,
    ),
    "stripe": (
        {
            stripe.SIGNATURE_HEADER: f"t={STAMP},v1="
            + stripe.signature(SECRET, STAMP, b"{}")
        },
        _verify_stripe,
    ),
    "chargebee": (
        {"Authorization": requests.auth._basic_auth_str(chargebee.USER, SECRET)},
        lambda request: chargebee.is_genuine(SECRET, request),
    ),
}


#: Vendors whose header may hold other things beside what proves the delivery.
FORGIVING = {"stripe"}


def take(vendor, body):
    """The events of a delivery; none where it is refused."""
    with contextlib.suppress(ValueError, errors.ConnectorError), expected(vendor):
        # As the controller calls it.
        return list(EVENTS[vendor](body))
    return []


def assert_storable(event):
    """What the inbox keeps without looking at it again."""
    assert isinstance(event.key, str) and event.key
    for text in (event.stream, event.remote_id, event.kind):
        assert text is None or isinstance(text, str)
    if event.occurred_at is not None:
        assert event.occurred_at.tzinfo
        event.occurred_at.astimezone(datetime.UTC)
    json.dumps(event.payload, allow_nan=False)


@pytest.mark.parametrize("vendor", sorted(BODIES))
def test_what_means_well_is_taken(vendor):
    """Or the tests below would throw at nothing."""
    assert take(vendor, json.dumps(BODIES[vendor]).encode())


def test_a_message_that_means_well_is_taken():
    assert len(take("salesforce", MESSAGE.encode())) == 1


@pytest.mark.parametrize("vendor", sorted(BODIES))
def test_a_delivery_of_any_shape_is_taken_or_refused(vendor):
    @hostile.examples(share=0.08)
    @given(st.one_of(hostile.mutants(BODIES[vendor]), hostile.odd_bodies))
    def throw(body):
        for event in take(vendor, body):
            assert_storable(event)

    throw()


@hostile.examples(share=0.06)
@given(
    st.one_of(
        st.builds(
            lambda start, end, put: MESSAGE[:start] + put + MESSAGE[start + end :],
            st.integers(0, len(MESSAGE)),
            st.integers(0, 60),
            st.text(st.sampled_from('<>&"/x;!?[]\x00\u20ac' + string.digits), max_size=9),
        ).map(lambda text: text.encode("utf-8", "replace")),
        hostile.odd_bodies,
        st.sampled_from(["utf-16", "utf-7", "latin-1", "cp037"]).map(MESSAGE.encode),
        st.integers(1, 5000).map(lambda n: b"<a>" * n + b"</a>" * n),
    )
)
def test_a_message_of_any_shape_is_taken_or_refused(body):
    for event in take("salesforce", body):
        assert_storable(event)


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_neither_multiplied_nor_read_from_elsewhere(text, encoding):
    body = text.replace('<?xml version="1.0"?>', "").encode(encoding)

    with pytest.raises(ValueError, match="."):
        salesforce.parse(body)


@pytest.mark.parametrize("vendor", sorted(SIGNATURES))
def test_what_is_proven_is_genuine(vendor):
    headers, verify = SIGNATURES[vendor]

    assert verify(_request(headers))


@pytest.mark.parametrize("vendor", sorted(SIGNATURES))
def test_nothing_else_is(vendor):
    headers, verify = SIGNATURES[vendor]
    # As WSGI hands them on: any byte is a character.
    odd = st.text(st.characters(max_codepoint=255), max_size=200)

    @hostile.examples(share=0.06)
    @given(
        st.sampled_from(sorted(headers)),
        st.integers(0, 200),
        odd,
        st.booleans(),
    )
    def throw(name, place, text, put_in):
        good = headers[name]
        if put_in:
            text = good[:place] + text + good[place:]
        proven = verify(_request({**headers, name: text}))
        assert not proven or text == good or vendor in FORGIVING

    throw()


@pytest.mark.parametrize("vendor", ["hubspot", "stripe"])
@hostile.examples(share=0.02)
@given(body=st.binary(max_size=20))
def test_a_signature_is_of_one_body(vendor, body):
    headers, verify = SIGNATURES[vendor]

    assert verify(_request(headers, body)) == (body == b"{}")


def _request(headers, body=b"{}"):
    headers = requests.structures.CaseInsensitiveDict(headers)
    return WebhookRequest("POST", URL, headers, body, hostile.NOW)


@hostile.examples(share=0.05)
@given(st.text(max_size=30), st.text(max_size=30))
def test_two_organizations_are_the_same_by_their_first_letters_only(one, other):
    same = salesforce.same_id(one, other)

    assert same == (bool(one) and bool(other) and one[:15] == other[:15])
