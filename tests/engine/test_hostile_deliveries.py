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
from odoo.addons.connector_support.providers.freshdesk import webhook as freshdesk
from odoo.addons.connector_support.providers.zendesk import webhook as zendesk

from . import hostile
from .deliveries import BODIES, BOMB, MESSAGE, NOW, OUTSIDE, PROOFS, SECRET

URL = "https://odoo.example/connector/webhook/token"

#: Vendor -> ``(body) -> events``.
EVENTS = {
    "hubspot": hubspot.events,
    "stripe": stripe.inbound,
    "chargebee": chargebee.inbound,
    "salesforce": salesforce.events,
    "zendesk": lambda body: zendesk.events(_request({}, body)),
    "freshdesk": lambda body: freshdesk.inbound(_request({}, body)),
}


def _verify_hubspot(request):
    return hubspot.is_genuine(SECRET, request, (request.url,)) and hubspot.is_fresh(
        request
    )


def _verify_stripe(request):
    return stripe.is_genuine(SECRET, request) and stripe.is_fresh(request)


def _verify_zendesk(request):
    return zendesk.is_genuine(SECRET, request) and zendesk.is_fresh(request)


#: Vendor -> ``(request) -> whether it is proven``.
VERIFY = {
    "hubspot": _verify_hubspot,
    "stripe": _verify_stripe,
    "chargebee": lambda request: chargebee.is_genuine(SECRET, request),
    "zendesk": _verify_zendesk,
    "freshdesk": lambda request: freshdesk.is_genuine(SECRET, request),
}


def proof(vendor):
    return PROOFS[vendor](URL, b"{}", int(NOW.timestamp()))


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
    @hostile.examples(share=0.048)
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
            st.text(
                st.sampled_from('<>&"/x;!?[]\x00\u20ac' + string.digits), max_size=9
            ),
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


@pytest.mark.parametrize("vendor", sorted(VERIFY))
def test_what_is_proven_is_genuine(vendor):
    headers, verify = proof(vendor), VERIFY[vendor]

    assert verify(_request(headers))


@pytest.mark.parametrize("vendor", sorted(VERIFY))
def test_nothing_else_is(vendor):
    headers, verify = proof(vendor), VERIFY[vendor]
    # As WSGI hands them on: any byte is a character.
    odd = st.text(st.characters(max_codepoint=255), max_size=200)

    @hostile.examples(share=0.036)
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


@pytest.mark.parametrize("vendor", ["hubspot", "stripe", "zendesk"])
@hostile.examples(share=0.013)
@given(body=st.binary(max_size=20))
def test_a_signature_is_of_one_body(vendor, body):
    headers, verify = proof(vendor), VERIFY[vendor]

    assert verify(_request(headers, body)) == (body == b"{}")


def _request(headers, body=b"{}"):
    headers = requests.structures.CaseInsensitiveDict(headers)
    return WebhookRequest("POST", URL, headers, body, NOW)


@hostile.examples(share=0.05)
@given(st.text(max_size=30), st.text(max_size=30))
def test_two_organizations_are_the_same_by_their_first_letters_only(one, other):
    same = salesforce.same_id(one, other)

    assert same == (bool(one) and bool(other) and one[:15] == other[:15])
