import datetime
import gzip
import socket
import threading

import pytest
import requests

from odoo.addons.connector_base.engine import errors

from .vendor import Vendor, bytes_server, closed_port, failure, wait_until

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


# -- good answers --------------------------------------------------------------


def test_a_good_answer_is_parsed(vendor, client_of):
    reply = client_of(vendor).get("/thing")

    assert (reply.status, reply.data) == (200, {"name": "Ünïcödé"})
    assert reply.headers["Date"]


def test_what_is_posted_arrives(vendor, client_of):
    reply = client_of(vendor).post("thing", {"name": "Ä"})

    assert (reply.status, reply.data) == (201, {"name": "Ä"})


def test_a_path_is_joined_with_one_slash(vendor, client_of):
    client = client_of(vendor.url + "/")

    for path in ("thing", "/thing"):
        client.get(path, {"limit": 5})
        assert vendor.requests.last.path == "/thing"
        assert vendor.requests.last.query == {"limit": ["5"]}


def test_a_trail_is_named_in_the_header_that_the_vendor_has_for_it(vendor, client_of):
    sent = client_of(vendor, trail=("X-Trail", "abc")).get("headers").data
    assert sent["X-Trail"] == "abc"
    assert "abc" not in client_of(vendor).get("headers").data.values()


def test_an_answer_without_content_has_no_data(vendor, client_of):
    assert client_of(vendor).get("nothing").data is None
    assert client_of(vendor).request("DELETE", "nothing").data is None


def test_json_without_a_charset_is_utf_8_and_never_guessed(client_of, monkeypatch):
    # A guess looks at all of the answer: that takes longer than to read it.
    monkeypatch.delattr(requests.Response, "apparent_encoding")
    body = '{"name": "Ünïcödé"}'.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.api+json\r\n\r\n"

    with bytes_server(head + body) as url:
        assert client_of(url).get("thing").data == {"name": "Ünïcödé"}


def test_requests_are_counted(vendor, client_of, naps):
    client = client_of(vendor)
    vendor.faults.add("status", status=503)

    client.get("thing")

    assert client.request_count == 2 == vendor.requests.count()


def test_the_headers_of_the_vendor_are_sent(vendor, client_of):
    client = client_of(
        vendor, headers={"Authorization": "Bearer abc", "X-Version": "2"}
    )

    sent = client.get("headers").data

    assert sent["Authorization"] == "Bearer abc"
    assert sent["X-Version"] == "2"
    assert sent["Accept"] == "application/json"


def test_a_netrc_file_never_replaces_the_token(
    vendor, client_of, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client = client_of(vendor, headers={"Authorization": "Bearer abc"})

    assert client.get("headers").data["Authorization"] == "Bearer abc"


def test_one_request_is_on_its_way_at_a_time(vendor, client_of):
    client = client_of(vendor)
    vendor.faults.add("latency", ms=150)

    slow = threading.Thread(target=client.get, args=("thing",))
    slow.start()
    assert wait_until(lambda: not vendor.faults.list())  # it is in the vendor's hands
    client.get("nothing")
    slow.join()

    assert [entry.path for entry in vendor.requests.entries] == ["/thing", "/nothing"]


def test_a_session_of_ones_own_keeps_its_adapters(client_of):
    class Canned(requests.adapters.BaseAdapter):
        def send(self, request, **_options):
            response = requests.Response()
            response.status_code, response._content = 200, b"[1]"
            return response

        def close(self):
            pass

    session = requests.Session()
    session.mount("http://", Canned())

    assert client_of("http://localhost", session=session).get("x").data == [1]


# -- each fault has one error class and one code -------------------------------

FAULTS = [
    ({"kind": "status", "status": 400}, errors.InvalidRecord, "refused"),
    ({"kind": "revoked"}, errors.AuthenticationError, "wrong_token"),
    ({"kind": "missing_scope"}, errors.PermissionDenied, "missing_scope"),
    ({"kind": "status", "status": 404}, errors.RemoteNotFound, "not_found"),
    ({"kind": "status", "status": 408}, errors.TransientError, "server_error"),
    ({"kind": "status", "status": 409}, errors.InvalidRecord, "refused"),
    ({"kind": "status", "status": 410}, errors.RemoteNotFound, "not_found"),
    ({"kind": "status", "status": 422}, errors.InvalidRecord, "refused"),
    ({"kind": "status", "status": 423}, errors.TransientError, "server_error"),
    ({"kind": "rate_limit"}, errors.RateLimited, "rate_limited"),
    ({"kind": "status", "status": 500}, errors.TransientError, "server_error"),
    ({"kind": "status", "status": 502}, errors.TransientError, "server_error"),
    ({"kind": "status", "status": 503}, errors.TransientError, "server_error"),
    ({"kind": "status", "status": 504}, errors.TransientError, "server_error"),
    ({"kind": "status", "status": 599}, errors.TransientError, "server_error"),
    ({"kind": "drop"}, errors.TransientError, "cut_off"),
    ({"kind": "drop_half"}, errors.TransientError, "cut_off"),
    ({"kind": "malformed"}, errors.TransientError, "malformed"),
    ({"kind": "truncated"}, errors.TransientError, "malformed"),
    ({"kind": "html"}, errors.TransientError, "web_page"),
]


@pytest.mark.parametrize(
    ("fault", "error_type", "code"),
    FAULTS,
    ids=[str(fault.get("status", fault["kind"])) for fault, *_rest in FAULTS],
)
def test_a_fault_gives(vendor, client_of, fault, error_type, code):
    vendor.faults.add(times=None, **fault)

    error = failure(client_of(vendor).get, "thing")

    assert (type(error), error.code) == (error_type, code)
    assert error.request == {"method": "GET", "url": f"{vendor.url}/thing"}
    assert error.params["vendor"] == "Vendor"
    assert "127.0.0.1" in error.params["host"]
    assert str(error) == error.message


def test_a_refused_connection_is_a_remote_system_that_is_down(client_of):
    error = failure(client_of(f"http://127.0.0.1:{closed_port()}").get, "thing")

    assert (type(error), error.code) == (errors.RemoteDown, "unreachable")


def test_an_unknown_host_is_a_remote_system_that_is_down(client_of, monkeypatch):
    def resolve(host, *_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, f"{host}: not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    error = failure(client_of("http://vendor.invalid").get, "thing")

    assert (type(error), error.code) == (errors.RemoteDown, "unknown_host")
    assert error.params["host"] == "vendor.invalid"


def test_a_failed_handshake_is_a_remote_system_that_is_down(vendor, client_of):
    error = failure(client_of(vendor.url.replace("http:", "https:")).get, "thing")

    assert (type(error), error.code) == (errors.RemoteDown, "tls")


def test_an_outage_is_a_broken_off_answer(vendor, client_of):
    vendor.down()

    error = failure(client_of(vendor).get, "thing")

    assert (type(error), error.code) == (errors.TransientError, "cut_off")


def test_an_answer_that_is_late_is_a_timeout(vendor, client_of):
    vendor.faults.add("latency", ms=400)

    error = failure(client_of(vendor, timeout=0.1).get, "thing")

    assert (type(error), error.code) == (errors.RemoteTimeout, "timeout")


def test_an_answer_that_stops_half_way_is_a_timeout(client_of):
    with bytes_server(OK + b"Content-Length: 9\r\n\r\n{", b"}", pause=5) as url:
        error = failure(client_of(url, timeout=0.1).get, "thing")

    assert (type(error), error.code) == (errors.RemoteTimeout, "timeout")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"", "cut_off"),
        (b"HTTP/1.1 2", "cut_off"),
        (b"HTTP/1.1 200", "malformed"),
        (b"\x16\x03\x01 what?\r\n\r\n", "cut_off"),
        (OK + b"Content-Length: 50\r\n\r\n{}", "cut_off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\n{}", "cut_off"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzzz\r\n", "cut_off"),
        (OK + b"\r\n", "malformed"),
        (OK + b"\r\n  ", "malformed"),
        (OK + b'\r\n{"results": [', "malformed"),
        (OK + b"\r\n\xff\xfe\x00", "malformed"),
        (OK + b"Content-Encoding: gzip\r\n\r\nno gzip at all", "malformed"),
        (
            OK
            + b"Content-Encoding: gzip\r\n\r\n"
            # Of no time: each process knows the test by these bytes.
            + gzip.compress(b"[1]", mtime=0)[:-12],
            "cut_off",
        ),
        (b"HTTP/1.1 200 OK\r\n\r\n <!DOCTYPE html><html></html>", "web_page"),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\n", "malformed"),
    ],
)
def test_a_broken_answer_is_transient(client_of, answer, code):
    with bytes_server(answer) as url:
        error = failure(client_of(url).get, "thing")

    assert (type(error), error.code) == (errors.TransientError, code)


def test_an_answer_without_a_body_is_no_answer_to_a_question(vendor, client_of):
    error = failure(client_of(vendor).get, "empty")

    assert (type(error), error.code) == (errors.TransientError, "malformed")


def test_a_redirect_is_not_followed_and_carries_the_token_nowhere(vendor, client_of):
    with Vendor() as other:
        vendor.target = f"{other.url}/thing"
        client = client_of(vendor, headers={"Authorization": "Bearer abc"})

        error = failure(client.get, "elsewhere")

        assert (type(error), error.code) == (errors.TransientError, "web_page")
        assert other.requests.count() == 0


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("api.example.com", "api.example.com"),
        ("https//api.example.com", "https//api.example.com"),
        ("ftp://api.example.com", "api.example.com"),
        ("http://", "http:"),
        ("http://[::1", "[::1"),
        ("http://api example.com", "api example.com"),
        ("http://127.0.0.1:99999", "127.0.0.1:99999"),
        ("http://api..example.com", "api..example.com"),
        (f"http://{'a' * 64}.invalid", f"{'a' * 64}.invalid"),
    ],
)
def test_a_wrong_address_is_named(client_of, monkeypatch, address, host):
    resolve = socket.getaddrinfo

    def resolve_on_this_machine(name, *args, **options):
        assert name == "127.0.0.1", "left this machine"
        return resolve(name, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_on_this_machine)

    error = failure(client_of(address).get, "thing")

    assert (type(error), error.code) == (errors.RemoteNotFound, "wrong_host")
    assert error.params["host"] == host and host in str(error)


@pytest.mark.parametrize("token", ["t€ken", "••••••••", "line\nbreak", "line\rbreak"])
def test_a_token_that_no_header_can_hold_is_a_wrong_token(vendor, client_of, token):
    client = client_of(vendor, headers={"Authorization": f"Bearer {token}"})

    error = failure(client.get, "thing")

    assert (type(error), error.code) == (errors.AuthenticationError, "wrong_token")
    assert token not in str(error) and error.__suppress_context__


def test_what_we_can_not_send_is_our_bug(vendor, client_of):
    for body in ({"amount": float("nan")}, {"amount": object()}):
        with pytest.raises((TypeError, requests.exceptions.InvalidJSONError)) as caught:
            client_of(vendor).post("thing", body)
        assert errors.error_class_of(caught.value) == "bug"


# -- what is told of the exchange ----------------------------------------------


def test_the_answer_is_kept_with_the_error_and_cut(vendor, client_of):
    vendor.echo_status, vendor.echo_padding = 400, "x" * 5000

    error = failure(client_of(vendor).get, "echo")

    assert error.response["status"] == 400
    assert error.response["body"].startswith('{"message":"xxx')
    assert len(error.response["body"]) <= 1001


def test_a_binary_answer_can_be_stored(client_of):
    with bytes_server(b"HTTP/1.1 400 Bad\r\n\r\n%PDF\x00\x01\xff") as url:
        error = failure(client_of(url).get, "thing")

    assert "\x00" not in error.response["body"] and error.response["body"].encode()


def test_the_vendors_own_table_decides(vendor, client_of):
    asked = []

    def classify(status, body, headers):
        asked.append((status, body, headers["Content-Type"].split(";")[0]))
        return errors.ClosedPeriod("closed", request_id="7")

    vendor.faults.add("status", status=400)
    client = client_of(vendor, classify=classify)

    error = failure(client.get, "thing")

    assert (type(error), error.request_id) == (errors.ClosedPeriod, "7")
    assert asked == [(400, {"error": "Simulated: status"}, "application/json")]


def test_the_vendors_id_of_the_exchange_is_kept(hubspot, hubspot_client):
    client = hubspot_client()
    reply = client.get("crm/v3/owners")
    assert reply.request_id == hubspot.requests.last.correlation_id

    hubspot.revoke()
    error = failure(client.get, "crm/v3/owners")
    assert error.request_id == hubspot.requests.last.correlation_id


def test_the_time_of_another_try_is_aware(vendor, client_of):
    def classify(status, body, headers):
        return errors.RateLimited("wait", retry_at=datetime.datetime.now(datetime.UTC))

    vendor.faults.add("rate_limit")

    assert failure(client_of(vendor, classify=classify).get, "thing").retry_at.tzinfo
