"""The authorization-code flow as far as it needs no network."""

from urllib.parse import parse_qs, urlsplit

import pytest

from odoo.addons.connector_base.engine import oauth
from odoo.addons.connector_base.engine.log_filter import HideQuery
from odoo.addons.connector_base.engine.masking import MASK
from odoo.addons.connector_base.engine.tokens import Token

from .test_log_filter import record_of

BACK = "https://odoo.example/connector/oauth/callback"
SPEC = oauth.OAuthSpec("https://vendor.example/authorize", ("a.read", "b:write"), None)


def asked(spec, state="s", verifier="v"):
    address = oauth.authorize_address(spec, "app&1", BACK, state, verifier)
    parts = urlsplit(address)
    values = parse_qs(parts.query, strict_parsing=True)
    return parts, {name: value for name, [value] in values.items()}


def test_the_challenge_is_that_of_rfc_7636():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert oauth.challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_states_and_verifiers_have_256_random_bits_and_need_no_quoting():
    texts = {oauth.random_text() for _each in range(100)}
    assert len(texts) == 100
    assert all(len(text) == 43 for text in texts)
    assert not set("".join(texts)) - set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


def test_a_person_is_sent_to_the_vendor_with_a_challenge_and_never_the_verifier():
    verifier = oauth.random_text()
    parts, query = asked(SPEC, "st", verifier)
    assert parts.geturl().startswith("https://vendor.example/authorize?")
    assert query == {
        "response_type": "code",
        "client_id": "app&1",
        "redirect_uri": BACK,
        "scope": "a.read b:write",
        "state": "st",
        "code_challenge": oauth.challenge(verifier),
        "code_challenge_method": "S256",
    }
    assert "+" not in parts.query
    assert verifier not in parts.geturl()


def test_a_vendor_without_pkce_is_sent_none():
    spec = oauth.OAuthSpec(
        *("https://v.example/a", ("x", "y"), None),
        separator=",",
        pkce=False,
        params={"prompt": "consent"},
    )
    _parts, query = asked(spec, verifier=None)
    assert (query["scope"], query["prompt"]) == ("x,y", "consent")
    assert not {"code_challenge", "code_challenge_method"} & query.keys()
    assert "code_verifier" not in oauth.Code("c", BACK).form()


def test_what_lets_in_is_in_no_repr():
    code = oauth.Code("the-code", BACK, "the-verifier")
    grant = oauth.Grant(Token("the-token", None, {"refresh_token": "the-refresh"}))
    assert code.form()["code_verifier"] == "the-verifier"
    assert "the-" not in f"{code!r} {grant!r}"


@pytest.mark.parametrize(
    ("told", "scopes"),
    [
        ("read write", ("read", "write")),
        ("read,write read", ("read", "write")),
        (["a", "b", None], ("a", "b")),
        ("", None),
        (None, None),
        ([], None),
        (17, None),
    ],
)
def test_scopes_are_read_in_whichever_shape(told, scopes):
    assert oauth.granted_scopes(told) == scopes


def test_where_nobody_knows_what_was_granted_nothing_counts_as_missing():
    assert oauth.missing_scopes(("a", "b"), None) == []
    assert oauth.missing_scopes(("a", "b", "c"), ("b",)) == ["a", "c"]


def test_a_digest_tells_nothing_and_is_compared_whole():
    state = oauth.random_text()
    assert state not in oauth.digest(state)
    assert oauth.is_same(oauth.digest(state), oauth.digest(state))
    assert not oauth.is_same(oauth.digest(state), oauth.digest(state[:-1]))


def test_the_access_log_does_not_show_what_a_browser_comes_back_with():
    hide = HideQuery("/connector/oauth/callback")

    def said(message, *args):
        record = record_of(message, *args)
        assert hide.filter(record)
        return record.getMessage()

    line = said('"%s" %s', f"GET {BACK}?code=c1&state=s1 HTTP/1.1", 303)
    assert line == f'"GET {BACK}?{MASK} HTTP/1.1" 303'
    assert said(f"GET {BACK}/?code=c1") == f"GET {BACK}/?{MASK}"
    assert said("GET /other?code=c1") == "GET /other?code=c1"
