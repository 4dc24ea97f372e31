import json
import string
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.masking import (
    MASK,
    is_secret_name,
    mask_headers,
    mask_payload,
    mask_personal,
    mask_text,
    mask_url,
)

WORD = string.ascii_letters + string.digits
# Begins as no other text in these tests does.
secrets = st.text(WORD + "-_", min_size=12, max_size=60).map("Zq".__add__)
quoted_secrets = st.text(
    string.ascii_letters + string.digits + string.punctuation + " ü€",
    min_size=6,
    max_size=60,
).map("Zq".__add__)
secret_keys = st.sampled_from(
    ["access_token", "refreshToken", "client_secret", "password", "api_key", "apiKey"]
    + [
        "X-Api-Key",
        "hapikey",
        "Authorization",
        "session_id",
        "private_key",
        "Set-Cookie",
    ]
)
emails = st.from_regex(
    r"[a-z0-9][a-zA-Z0-9._+%'!#$*^`{|}~-]{1,20}@[a-z0-9-]{1,9}(\.[a-z0-9-]{1,9}){1,2}",
    fullmatch=True,
)
filler = st.sampled_from(["", "The answer was: ", '{"a": 1} ', "x\n\ty ", "(", "<p>"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(WORD), inner, max_size=3)
    ),
    max_leaves=6,
)


def nested(value, depth):
    return value if not depth else {"deep": [nested(value, depth - 1)]}


# -- texts ---------------------------------------------------------------------


@given(filler, secrets, filler)
def test_no_authorization_survives(before, secret, after):
    for scheme in ("Bearer", "bearer", "BEARER", "Basic", "Authorization: Bearer"):
        masked = mask_text(f"{before}{scheme} {secret} {after}")

        assert secret not in masked and MASK in masked


@given(filler, st.text(WORD, min_size=24, max_size=60), filler)
def test_no_key_of_a_known_vendor_survives(before, key, after):
    for prefix in ("sk_live_", "rk_test_", "whsec_", "pat-na1-", "live_", "test_"):
        assert key not in mask_text(f"{before}{prefix}{key} {after}")


@pytest.mark.parametrize(
    "secret",
    [
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "00D5g000004AbCdEAK!AQ8AQFj.Kx3.Zq7aBcDeFgHiJkLmNoPqRsTuVwXyZ",
    ],
)
def test_no_web_token_and_no_session_survives(secret):
    assert mask_text(f"refused: {secret} (expired)") == f"refused: {MASK} (expired)"
    assert mask_text(f"Bearer {secret}") == MASK


@given(secret_keys, secrets, st.sampled_from(["=", ": ", " = ", ":", '="', "='"]))
def test_no_value_behind_a_secret_name_survives(key, secret, sign):
    quote = sign[-1] if sign[-1] in "'\"" else ""

    masked = mask_text(f"before {key}{sign}{secret}{quote} after")

    assert secret not in masked
    assert masked.startswith("before") and masked.endswith("after")


@given(secret_keys, quoted_secrets, st.integers(0, 3), st.data())
def test_no_secret_of_a_json_text_survives_cut_or_whole(key, secret, depth, data):
    for ascii_only in (True, False):
        text = json.dumps(
            nested({key: secret, "id": 7}, depth), ensure_ascii=ascii_only
        )
        written = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]

        assert written not in mask_text(text)
        assert '"id": 7' in mask_text(text)
        end = data.draw(st.integers(text.index(written) + 6, len(text)))
        assert written[:6] not in mask_text(text[:end])
        assert written not in mask_text(json.dumps({"body": text}))


@given(filler, emails, filler)
def test_no_email_address_survives(before, email, after):
    masked = mask_text(f"{before}{email} {after}")

    assert email not in masked and MASK in masked
    assert mask_text(email.replace("@", "%40")).count(MASK) == 1


@given(st.text(), st.integers(1, 50))
def test_a_text_is_no_longer_than_its_limit(text, limit):
    masked = mask_text(text, limit)

    assert len(masked) <= limit + 1
    assert len(masked) <= limit or masked.endswith("…")


@given(
    secrets, st.sampled_from(["Bearer ", '"token":"', "key=pat-"]), st.integers(20, 90)
)
def test_no_part_of_a_secret_is_left_where_a_text_is_cut(secret, before, limit):
    masked = mask_text("." * 20 + f" {before}{secret}" + " ." * 3000, limit)

    assert secret[:4] not in masked


@given(st.text())
def test_masking_twice_is_masking_once(text):
    once = mask_text(text)

    assert mask_text(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "Property values were not valid",
        "The company 4711 doesn't exist (correlation id 5e6f-77).",
        "Basic auth is off",
        "tokenize the basics",
        "https://api.example.com/crm/v3/objects?limit=100&after=MTIz",
        "10 @ 3.50 each",
    ],
)
def test_a_harmless_text_stays_as_it_is(text):
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "piece",
    ["a", "token", "?", "a@", '"token":"', "http://", "a.b@", "key=", "{", "' "],
)
def test_a_long_text_is_masked_in_no_time(piece):
    text = piece * (300_000 // len(piece))
    started = time.process_time()

    mask_text(text)
    mask_payload({"body": text})

    assert time.process_time() - started < 1


@pytest.mark.parametrize("mask", [mask_text, mask_payload, mask_personal])
def test_what_is_masked_can_be_stored(mask):
    masked = mask("a\x00b \ud83d c")

    assert "\x00" not in masked and masked.encode()


# -- addresses and headers -----------------------------------------------------


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://api.example.com/a?b=1", "https://api.example.com/a?b=1"),
        ("https://user:secret@example.com/a", f"https://{MASK}@example.com/a"),
        ("https://user:p@ss:w@rd@example.com", f"https://{MASK}@example.com"),
        ("http://x/?hapikey=1-2&limit=5", f"http://x/?hapikey={MASK}&limit=5"),
        ("http://x/?a=1&my_key=2#top", f"http://x/?a=1&my_key={MASK}#top"),
        ("http://x/?access_token=2", f"http://x/?access_token={MASK}"),
        ("http://x/c/jane@example.com", f"http://x/c/j{MASK}@example.com"),
        ("http://x/c/jane%40example.com", f"http://x/c/j{MASK}%40example.com"),
    ],
)
def test_an_address_shows_no_secret(url, masked):
    assert mask_url(url) == masked


@given(
    secrets, st.sampled_from(["Authorization", "X-Api-Key", "Cookie", "x-auth-token"])
)
def test_no_secret_header_survives(secret, name):
    masked = mask_headers({name: secret, "Accept": "application/json"})

    assert masked == {name: MASK, "Accept": "application/json"}


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("Authorization", True),
        ("X-Chargebee-Api-Key", True),
        ("hapikey", True),
        ("pass", True),
        ("Stripe-Signature", True),
        ("Accept", False),
        ("Content-Type", False),
        ("compass", False),
        ("keyboard", False),
    ],
)
def test_a_name_tells_whether_it_holds_a_secret(name, secret):
    assert is_secret_name(name) is secret


# -- payloads ------------------------------------------------------------------


@given(secret_keys, json_values, st.integers(0, 3))
def test_whatever_a_secret_key_holds_is_replaced(key, value, depth):
    masked = mask_payload(nested({key: value, "id": 7}, depth))

    assert masked == nested({key: MASK, "id": 7}, depth)


@given(secrets, st.integers(0, 3))
def test_a_secret_in_the_midst_of_a_payload_is_replaced(secret, depth):
    payload = nested({"note": f"call it with Bearer {secret}"}, depth)

    assert secret not in json.dumps(mask_payload(payload))


@given(json_values)
def test_a_payload_keeps_its_shape(value):
    masked = mask_payload({"value": value})["value"]

    assert type(masked) is type(value)
    if isinstance(value, list | dict):
        assert len(masked) == len(value)


def test_missing_null_zero_and_empty_stay_in_a_payload():
    payload = {"a": None, "b": 0, "c": "", "d": False, "e": [], "f": 1.5}

    assert mask_payload(payload) == payload


# -- personal values -----------------------------------------------------------


@pytest.mark.parametrize("value", [None, False, ""])
def test_an_empty_personal_value_stays_empty(value):
    assert mask_personal(value) is value


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("jane@example.com", f"j{MASK}@example.com"),
        ("+49 30 901820", f"{MASK}20"),
        (4930901820, f"{MASK}20"),
        ("Jane Doe", f"J{MASK}"),
        ("Main Street 12", f"M{MASK}"),
        ("@handle", f"@{MASK}"),
        ("call me @ 030 901820", f"{MASK}20"),
    ],
)
def test_a_personal_value_leaves_a_hint(value, hint):
    assert mask_personal(value) == hint


@given(st.text(min_size=2) | emails | st.integers(10))
def test_no_personal_value_survives(value):
    text = str(value)
    assume(len(text.strip("\x00")) > 1)

    masked = mask_personal(value)

    assert MASK in masked and text not in masked
