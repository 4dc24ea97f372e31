"""Nothing is sent where only this server can reach, whatever the address says."""

import socket

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.tokens import Token, Tokens
from odoo.addons.connector_base.providers import http_guard

from .vendor import closed_port, failure


@pytest.fixture
def nothing_allowed(monkeypatch):
    monkeypatch.setattr(http_guard, "allowed_networks", tuple)


@pytest.fixture
def meaning(monkeypatch):
    """Let names mean what a test says: a list of addresses, one a look-up."""

    def say(*answers):
        coming = list(answers)

        def look_up(host, port, *args, **options):
            address = coming.pop(0) if len(coming) > 1 else coming[0]
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return say


# Spelled as programs understand them, which is more than people expect.
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "0"]
    + ["localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_inner_address_is_refused(nothing_allowed, client_of, scheme, host):
    client = client_of(f"{scheme}://{host}:{closed_port()}")

    error = failure(client.get, "thing")

    assert isinstance(error, errors.AuthenticationError)
    assert error.code == errors.REFUSED_ADDRESS


def test_not_a_byte_arrives(nothing_allowed, client_of, vendor):
    failure(client_of(vendor).get, "thing")

    assert not vendor.requests.entries


def test_what_the_owner_of_the_server_allows_is_asked(client_of, vendor):
    assert client_of(vendor).get("thing").status == 200


def test_the_environment_allows_networks(monkeypatch):
    monkeypatch.setenv(http_guard.VARIABLE, "10.1.0.0/16")

    http_guard.check("10.1.2.3")
    with pytest.raises(http_guard.RefusedAddress):
        http_guard.check("127.0.0.1")


def test_a_list_that_means_nothing_allows_nothing(monkeypatch):
    said = []
    monkeypatch.setattr(http_guard._logger, "error", lambda *text: said.append(text))
    monkeypatch.setenv(http_guard.VARIABLE, "everything, please")

    with pytest.raises(http_guard.RefusedAddress):
        http_guard.check("127.0.0.1")
    assert said


def test_a_name_that_means_an_inner_address_is_refused(
    nothing_allowed, client_of, meaning
):
    meaning("10.0.0.8")

    error = failure(client_of("https://api.vendor.example").get, "thing")

    assert error.code == errors.REFUSED_ADDRESS


def test_a_name_that_means_another_address_a_moment_later_is_refused(
    nothing_allowed, client_of, vendor, meaning
):
    """What is looked at is where the connection leads, not what a look-up said."""
    port = vendor.url.rpartition(":")[2]
    meaning("1.1.1.1", "127.0.0.1")

    error = failure(client_of(f"http://api.vendor.example:{port}").get, "thing")

    assert error.code == errors.REFUSED_ADDRESS
    assert not vendor.requests.entries


def test_a_refused_address_costs_no_token(nothing_allowed, client_of):
    asked = []

    def fetch(refused):
        asked.append(refused)
        return Token("token")

    client = client_of("https://10.0.0.1", tokens=Tokens(fetch))

    assert failure(client.get, "thing").code == errors.REFUSED_ADDRESS
    assert asked == [None]


# -- links and ids that the vendor gives ---------------------------------------


@pytest.mark.parametrize(
    "link",
    ["//evil.example/x", "///evil.example/x", "@evil.example"]
    + [":80@evil.example", ".evil.example/x", "?@evil.example/x"],
)
def test_a_link_of_the_vendor_leads_to_no_other_host(client_of, vendor, link):
    error = failure(client_of(vendor).get, link)

    assert error.code == "not_found"
    assert len(vendor.requests.entries) == 1


@pytest.mark.parametrize(
    "path",
    ["things/../secrets", "../secrets", "things/%2e%2E/secrets", "things/.", "a\\b"]
    + ["things/1#", "things/1\r\nX: y", "things/.%2e", "things/..?a=b"]
    + ["things//secrets", "things/", "things/?a=b", ".", "https://evil.example/x"],
)
def test_an_id_that_is_more_than_a_name_is_not_asked_for(client_of, vendor, path):
    error = failure(client_of(vendor).get, path)

    assert isinstance(error, errors.InvalidRecord)
    assert error.code == "wrong_path"
    assert not vendor.requests.entries


def test_a_query_may_hold_anything(client_of, vendor):
    assert client_of(vendor).get("thing?q=../a#b").status == 200


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_nowhere(client_of, vendor, status):
    vendor.target, vendor.moved = f"{vendor.url}/thing", status

    error = failure(client_of(vendor).get, "elsewhere")

    assert error.code == "web_page"
    assert len(vendor.requests.entries) == 1
