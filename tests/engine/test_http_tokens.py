"""Requests that are signed by a short-lived token."""

import datetime

import pytest
from simulators.routing import Reply

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import MARGIN, Token, Tokens

from .vendor import Vendor, failure

NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


class Issuer:
    """Gives ``token-1``, ``token-2``, … and notes what was refused before each."""

    def __init__(self, *lifetimes):
        self.lifetimes = list(lifetimes)
        self.refused = []

    def __call__(self, refused):
        self.refused.append(refused)
        lifetime = self.lifetimes.pop(0) if self.lifetimes else None
        return Token(f"token-{len(self.refused)}", lifetime and NOW + lifetime)


def tokens_of(issuer):
    return Tokens(issuer, clock=lambda: NOW)


class Guard(Vendor):
    """``/headers`` takes the tokens of ``good`` and notes what it was ``shown``."""

    good = ()

    def show_headers(self, request):
        self.shown = [*getattr(self, "shown", ()), request.headers["Authorization"]]
        if self.shown[-1].removeprefix("Bearer ") not in self.good:
            return Reply(401, {"message": f"no: {self.shown[-1]}"})
        return Reply(200, {"ok": True})


@pytest.fixture
def guard():
    with Guard() as running:
        yield running
    assert running.crashes == []


def test_requests_carry_the_token_that_was_got_once(guard, client_of):
    guard.good = ("token-1",)
    issuer = Issuer()
    client = client_of(guard, tokens=tokens_of(issuer))
    client.get("headers")
    client.get("headers")
    assert guard.shown == ["Bearer token-1"] * 2
    assert issuer.refused == [None]


def test_a_refused_token_is_renewed_and_the_request_sent_again(guard, client_of):
    guard.good = ("token-2",)
    issuer = Issuer()
    client = client_of(guard, tokens=tokens_of(issuer))
    assert client.get("headers").data == {"ok": True}
    assert guard.shown == ["Bearer token-1", "Bearer token-2"]
    assert issuer.refused == [None, "token-1"]


def test_a_second_refusal_is_for_an_administrator(guard, client_of):
    guard.good = ()
    client = client_of(guard, tokens=tokens_of(Issuer()))
    error = failure(client.get, "headers")
    assert error.error_class == "authentication"
    assert len(guard.shown) == 2


def test_a_right_that_is_missing_renews_nothing(vendor, client_of):
    issuer = Issuer()
    vendor.echo_status = 403
    client = client_of(vendor, tokens=tokens_of(issuer))
    assert isinstance(failure(client.get, "echo"), errors.PermissionDenied)
    assert issuer.refused == [None]


def test_a_token_is_not_used_in_its_last_minute(guard, client_of):
    guard.good = (
        "token-1",
        "token-2",
    )
    issuer = Issuer(MARGIN, MARGIN * 2)
    client = client_of(guard, tokens=tokens_of(issuer))
    client.get("headers")
    client.get("headers")
    client.get("headers")
    assert issuer.refused == [None, None]


def test_what_another_thread_renewed_is_taken(vendor, client_of):
    issuer = Issuer()
    tokens = tokens_of(issuer)
    tokens.current()
    assert tokens.renew("token-1") == "token-2"
    assert tokens.renew("token-1") == "token-2"
    assert issuer.refused == [None, "token-1"]


def test_a_vendor_that_repeats_the_token_does_not_spread_it(vendor, client_of):
    vendor.echo_status = 400
    client = client_of(vendor, tokens=tokens_of(Issuer()))
    error = failure(client.get, "echo")
    assert "token-1" not in str(error.response)
    assert "token-1" not in repr(Token("token-1"))
