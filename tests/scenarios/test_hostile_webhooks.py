"""Malformed deliveries to a real server: none is a 500, none leaves what it should not.

500 in the suite; ``./dev hostile`` throws ten thousand, here and at the plain Python.
"""

import json
import os
import time

import pytest
import requests
from engine import hostile
from engine.deliveries import (
    BODIES,
    BOMB,
    MESSAGE,
    ORGANIZATION,
    OUTSIDE,
    PROOFS,
    SECRET,
)
from hypothesis import given
from hypothesis import strategies as st

from .odoo_server import odoo_server
from .own_database import committed, own_database

#: Share of all examples that goes over HTTP: 500 of those of the suite.
SHARE = 500 / 1200 if "CONNECTORS_HOSTILE" not in os.environ else 0.25
VENDORS = (*PROOFS, "salesforce")
#: What may be answered; all else is a mistake of ours.
ANSWERS = {200, 400, 401, 413, 429}


@pytest.fixture(scope="module")
def database():
    with own_database() as name:
        yield name


@pytest.fixture(scope="module")
def tokens(database):
    """Vendor -> the token of its connection."""
    found = {}
    with committed(database) as env:
        for vendor in VENDORS:
            connection = env["connector.connection"].create(
                {
                    "name": vendor,
                    "provider": vendor,
                    "base_url": "https://api.vendor.example",
                    "state": "connected",
                    "account_key": ORGANIZATION,
                }
            )
            for credential in connection.credential_ids:
                if credential.key == "webhook_secret":
                    credential.secret = SECRET
            found[vendor] = connection.webhook_token
    return found


@pytest.fixture(scope="module")
def server(database, tokens):
    with odoo_server(database) as url:
        yield url


def stored(database):
    """What lies in the inbox: number, and the longest of what indexes hold."""
    with committed(database) as env:
        env.cr.execute(
            "SELECT COUNT(*), MAX(LENGTH(remote_id)), MAX(LENGTH(event_key)),"
            " COUNT(*) FILTER (WHERE event_key IN ('', 'null')) FROM connector_event"
        )
        return env.cr.fetchone()


def send(session, url, body, headers, method="POST"):
    answer = session.request(method, url, data=body, headers=headers, timeout=30)
    assert answer.status_code in ANSWERS, (answer.status_code, body, headers)
    if answer.status_code != 200:
        assert not answer.content
    assert "Set-Cookie" not in answer.headers
    return answer.status_code


#: As a client may send them: no line ends, nothing that HTTP itself refuses.
header_texts = st.text(
    st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60
)
content_types = st.sampled_from(
    ["application/json", "text/xml", "text/plain; charset=utf-16", "x/y; charset=\xfc"]
    + ["application/json; charset=none-such", "multipart/form-data; boundary=x"]
    + ["application/x-www-form-urlencoded", "multipart/form-data"]
)
messages = st.builds(
    lambda start, end, put: MESSAGE[:start] + put + MESSAGE[start + end :],
    st.integers(0, len(MESSAGE)),
    st.integers(0, 60),
    st.text(st.sampled_from('<>&"/x;![]9 '), max_size=9),
).map(str.encode)


def test_nothing_of_a_stranger_is_kept(server, database, tokens):
    before = stored(database)
    session = requests.Session()

    @hostile.examples(share=SHARE * 0.4)
    @given(
        vendor=st.sampled_from(VENDORS),
        token=st.one_of(
            st.none(), header_texts.map(lambda text: text.replace("/", ""))
        ),
        body=st.one_of(hostile.odd_bodies, messages),
        name=st.sampled_from(
            ["X-HubSpot-Signature-v3", "Stripe-Signature", "Authorization", "X-Other"]
        ),
        value=header_texts,
        content_type=content_types,
    )
    def throw(vendor, token, body, name, value, content_type):
        token = requests.utils.quote(token, safe="") if token else tokens[vendor]
        if token in (".", "..") or ORGANIZATION.encode() in body:
            return
        headers = {"Content-Type": content_type.encode("latin-1"), name: value}
        status = send(session, f"{server}/connector/webhook/{token}", body, headers)
        assert status != 200

    throw()
    assert stored(database) == before


def test_what_the_vendor_itself_sends_malformed_is_kept_whole_or_refused(
    server, database, tokens
):
    session = requests.Session()
    number = iter(range(10**9))

    @hostile.examples(share=SHARE * 0.6)
    @given(
        sent=st.sampled_from(sorted(BODIES)).flatmap(
            lambda vendor: st.tuples(
                st.just(vendor),
                st.one_of(hostile.mutants(BODIES[vendor]), hostile.odd_bodies),
            )
        )
        | st.tuples(st.just("salesforce"), messages),
        content_type=content_types,
    )
    def throw(sent, content_type):
        vendor, body = sent
        # Each is another event, so that each is really stored.
        body = body.replace(b"evt_1", b"evt_%d" % next(number))
        url = f"{server}/connector/webhook/{tokens[vendor]}"
        headers = {"Content-Type": content_type.encode("latin-1")}
        if vendor in PROOFS:
            headers |= PROOFS[vendor](url, body, int(time.time()))
        send(session, url, body, headers)

    throw()
    count, remote_id, key, nameless = stored(database)
    assert count, "nothing was stored: nothing was tested"
    assert (remote_id or 0) <= 250 and (key or 0) <= 250 and not nameless


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_a_bomb_of_entities_costs_nothing(server, database, tokens, text):
    before = stored(database)
    started = time.monotonic()

    status = send(
        requests.Session(),
        f"{server}/connector/webhook/{tokens['salesforce']}",
        text.encode(),
        {"Content-Type": "text/xml"},
    )

    assert status in (401, 429)
    assert time.monotonic() - started < 20
    assert stored(database) == before


def test_a_long_id_is_none(server, database, tokens):
    """An index of PostgreSQL holds no more than some KB of incompressible text."""
    event = {**BODIES["chargebee"], "id": "ev_long", "content": {}}
    long = "".join(f"{number:x}-" for number in range(40_000))
    event["content"] = {"invoice": {"id": long, "status": "paid"}}
    body = json.dumps(event).encode()
    url = f"{server}/connector/webhook/{tokens['chargebee']}"
    headers = PROOFS["chargebee"](url, body, int(time.time()))

    assert send(requests.Session(), url, body, headers) == 200

    with committed(database) as env:
        found = env["connector.event"].search([("event_key", "=", "ev_long")])
        assert len(found) == 1
        assert not found.remote_id
