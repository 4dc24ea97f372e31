"""The page where a person lets an app in is strict with who sends them there."""

from urllib.parse import parse_qs, urlsplit

import pytest
from simulators import Clock
from simulators.consent import Consent, WrongCode
from simulators.routing import Refusal, Request

BACK = "https://odoo.example/back"
#: A pair of RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
GOOD = {
    "response_type": "code",
    "client_id": "app",
    "redirect_uri": BACK,
    "scope": "read write",
    "state": "s",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@pytest.fixture
def clock():
    return Clock("2026-11-02T09:00:00Z")


@pytest.fixture
def page(clock):
    made = Consent(clock, lambda: "app", seconds=60, scopes={"read", "write"})
    made.redirect_uris.add(BACK)
    return made


def visit(page, **changed):
    """What the browser is sent back with; ``None`` in ``changed`` leaves out."""
    request = Request("GET", "/", {}, b"", "1")
    given = {**GOOD, **changed}
    request.query = {name: [value] for name, value in given.items() if value}
    target = urlsplit(page.page(request).headers["Location"])
    assert target.geturl().startswith(BACK)
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def form(code, **changed):
    return {
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
        **changed,
    }


def test_who_consents_comes_back_with_a_code_that_is_good_once(page):
    back = visit(page)
    assert back["state"] == "s"
    assert page.redeem(form(back["code"])) == "read write"
    with pytest.raises(WrongCode):
        page.redeem(form(back["code"]))


@pytest.mark.parametrize(
    "changed",
    [{"client_id": "other"}, {"redirect_uri": f"{BACK}/more"}, {"state": None}],
)
def test_nobody_is_sent_back_to_a_stranger(page, changed):
    with pytest.raises(Refusal) as caught:
        visit(page, **changed)
    assert caught.value.reply.status == 400


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
def test_what_is_wrong_is_said_in_the_address(page, changed, error):
    assert visit(page, **changed) == {"error": error, "state": "s"}


def test_a_person_may_say_no_or_give_less(page):
    page.says_no = True
    assert visit(page)["error"] == "access_denied"
    page.says_no, page.grants = False, {"read"}
    assert page.redeem(form(visit(page)["code"])) == "read"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://odoo.example/"},
        {"code_verifier": "a" * 43},
        {"code_verifier": "short"},
        {"code_verifier": None},
    ],
)
def test_a_code_is_only_good_for_who_asked(page, changed):
    with pytest.raises(WrongCode):
        page.redeem(form(visit(page)["code"], **changed))


def test_a_code_ends(page, clock):
    code = visit(page)["code"]
    clock.advance(60)
    with pytest.raises(WrongCode, match="expired"):
        page.redeem(form(code))


def test_where_no_challenge_was_given_no_verifier_is_taken(page):
    none = {"code_challenge": None, "code_challenge_method": None}
    with pytest.raises(WrongCode):
        page.redeem(form(visit(page, **none)["code"]))
    page.pkce = "required"
    assert visit(page, **none)["error"] == "invalid_request"
    page.pkce = None
    assert visit(page)["error"] == "invalid_request"
