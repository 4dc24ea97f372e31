"""The vendor-neutral half: HTTP, faults, outages, the log, the control endpoint."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from simulators import Clock, Simulator
from simulators.faults import FaultPlan
from simulators.routing import Reply, Route, RouteTable

LIST = "/crm/objects/2026-09/companies"


def test_a_vendor_needs_no_more_than_routes():
    class Echo(Simulator):
        def routes(self):
            return [Route("GET", "/echo/{word}", self.echo)]

        def echo(self, request):
            return Reply(200, {"word": request.params["word"]})

    with Echo(clock=Clock("2026-11-02T09:00:00Z")) as echo:
        answer = requests.get(f"{echo.url}/echo/caf%C3%A9", timeout=5)
        assert answer.json() == {"word": "café"}
        assert answer.headers["Date"] == "Mon, 02 Nov 2026 09:00:00 GMT"


def test_it_listens_on_the_loopback_address_only(hubspot):
    assert hubspot.url.startswith("http://127.0.0.1:")
    assert hubspot._server.server_address[0] == "127.0.0.1"


def test_the_most_literal_route_wins():
    table = RouteTable(
        [
            Route("GET", "/things/{id}", "one"),
            Route("POST", "/things/search", "search"),
            Route("GET", "/things/recent", "recent"),
        ]
    )
    assert table.find("GET", "/things/recent")[0].handler == "recent"
    assert table.find("GET", "/things/search")[0].handler == "one"
    assert table.find("POST", "/things/search")[0].handler == "search"
    assert table.find("PUT", "/things/search")[2] == {"POST", "GET"}


def test_one_connection_serves_many_requests(client):
    client.get(LIST)
    pool = client.session.get_adapter("http://").poolmanager
    for _ in range(5):
        assert client.get(LIST).status_code == 200
    connections = [
        pool.pools[key].num_connections
        for key in pool.pools.keys()  # noqa: SIM118
    ]
    assert connections == [1]


def test_an_unknown_path_is_a_404_and_a_wrong_method_a_405(client):
    assert client.get("/crm/nowhere").status_code == 404
    answer = client.request("PUT", LIST)
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 423, 477])
def test_a_status_fault_strikes_as_often_as_told(hubspot, client, status):
    hubspot.faults.add("status", status=status, times=2, retry_after=3)
    answers = [client.get(LIST) for _ in range(3)]
    assert [each.status_code for each in answers] == [status, status, 200]
    assert answers[0].headers["Retry-After"] == "3"


def test_a_fault_meets_only_the_paths_it_names(hubspot, client):
    hubspot.faults.add("status", path="/contacts$", times=None)
    assert client.get(LIST).status_code == 200
    assert client.get("/crm/objects/2026-09/contacts").status_code == 503
    hubspot.faults.clear()
    assert client.get("/crm/objects/2026-09/contacts").status_code == 200


def test_a_fault_can_let_some_requests_pass_first(hubspot, client):
    hubspot.faults.add("status", after=2)
    assert [client.get(LIST).status_code for _ in range(4)] == [200, 200, 503, 200]


def test_luck_is_seeded():
    def struck(seed):
        plan = FaultPlan(seed)
        plan.add("status", chance=0.5, times=None)
        return [plan.draw("GET", "/x")[1] is not None for _ in range(30)]

    assert struck(1) == struck(1) != struck(2)
    assert 5 < sum(struck(1)) < 25


def test_a_fault_of_an_unknown_kind_is_refused(hubspot):
    with pytest.raises(ValueError, match="unknown fault"):
        hubspot.faults.add("gremlin")


def test_latency_only_delays(hubspot, client):
    hubspot.faults.add("latency", ms=120)
    begun = time.perf_counter()
    assert client.get(LIST).status_code == 200
    assert time.perf_counter() - begun >= 0.12


@pytest.mark.parametrize("kind", ["drop", "drop_half"])
def test_a_dropped_connection_is_an_error_of_the_transport(hubspot, client, kind):
    hubspot.store.create("companies", {"name": "Aurora"})
    hubspot.faults.add(kind)
    with pytest.raises(requests.exceptions.RequestException):
        client.get(LIST).json()
    assert client.get(LIST).status_code == 200


def test_a_drop_before_the_work_leaves_no_trace(hubspot, client):
    hubspot.faults.add("drop", method="POST")
    with pytest.raises(requests.exceptions.ConnectionError):
        client.post(LIST, {"properties": {"name": "Aurora"}})
    assert hubspot.store.count("companies") == 0


def test_a_drop_after_the_work_has_done_the_work(hubspot, client):
    hubspot.faults.add("drop", method="POST", worked=True)
    with pytest.raises(requests.exceptions.ConnectionError):
        client.post(LIST, {"properties": {"name": "Aurora"}})
    assert hubspot.store.count("companies") == 1


@pytest.mark.parametrize("kind", ["malformed", "truncated"])
def test_a_spoilt_body_comes_with_200_and_is_no_json(hubspot, client, kind):
    hubspot.faults.add(kind)
    answer = client.get(LIST)
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_a_web_page_can_come_instead_of_json(hubspot, client):
    hubspot.faults.add("html")
    answer = client.get(LIST)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_in_an_outage_every_connection_closes_without_an_answer(hubspot, client):
    hubspot.down()
    for _ in range(2):
        with pytest.raises(requests.exceptions.ConnectionError):
            client.get(LIST)
    assert client.get("/_control/state").json()["down"] is True
    hubspot.up()
    assert client.get(LIST).status_code == 200


def test_the_log_counts_by_template_and_keeps_the_last_requests(hubspot, client):
    client.get(LIST, limit=5)
    client.get("/crm/objects/2026-09/contacts/7")
    client.search("contacts", ("email", "EQ", "a@b.de"))
    assert hubspot.requests.count("GET") == 2
    assert hubspot.requests.count(status=404) == 1
    assert hubspot.requests.count(template="/search") == 1
    last = hubspot.requests.last
    assert (last.method, last.status) == ("POST", 200)
    assert "a@b.de" in last.body
    assert hubspot.token not in str(hubspot.requests.describe())


def test_the_control_endpoint_needs_no_token_and_does_what_the_methods_do(
    hubspot, client_of
):
    anybody = client_of(hubspot, token="")
    made = anybody.post(
        "/_control/create", {"object": "companies", "properties": {"name": "Aurora"}}
    ).json()
    anybody.post(
        "/_control/update",
        {"object": "companies", "id": made["id"], "properties": {"city": "Oslo"}},
    )
    assert hubspot.store.get("companies", made["id"])["city"] == "Oslo"
    person = anybody.post(
        "/_control/create", {"object": "contacts", "properties": {"email": "a@b.no"}}
    ).json()
    link = {"from": "contacts", "from_id": person["id"]}
    link.update({"to": "companies", "to_id": made["id"]})
    assert anybody.post("/_control/associate", link).json() == {"types": [279, 1]}
    anybody.post("/_control/archive", {"object": "companies", "id": made["id"]})
    assert anybody.get("/_control/state").json()["archived"]["companies"] == 1
    anybody.post("/_control/restore", {"object": "companies", "id": made["id"]})
    anybody.post("/_control/delete", {"object": "companies", "id": made["id"]})
    assert hubspot.store.get("companies", made["id"]) is None
    fault = anybody.post("/_control/faults", {"kind": "status", "status": 502}).json()
    assert anybody.get("/_control/faults").json()["faults"] == [fault]
    anybody.post("/_control/faults/clear", {"id": fault["id"]})
    assert hubspot.faults.list() == []
    anybody.post("/_control/down", {})
    assert hubspot.is_down
    anybody.post("/_control/up", {})
    assert not hubspot.is_down
    anybody.post("/_control/tokens", {"other": ["crm.objects.deals.read"]})
    assert client_of(hubspot, "other").get("/crm/v3/objects/deals").status_code == 200
    assert anybody.get("/_control/requests").json()["total"] == 1
    assert anybody.post("/_control/create", {"object": "companies"}).status_code == 200
    assert anybody.post("/_control/archive", {"object": "x"}).status_code == 400
    assert anybody.post("/_control/nothing", {}).status_code == 404


def test_many_clients_at_once_see_whole_records(hubspot, client_of):
    ids = [hubspot.store.create("companies", {"name": "C"}) for _ in range(50)]

    def work(number):
        client = client_of(hubspot)
        for turn in range(15):
            record = f"{LIST}/{ids[(number * 7 + turn) % len(ids)]}"
            change = {"properties": {"name": "X" * 50, "city": "Y" * 50}}
            assert client.request("PATCH", record, json=change).status_code == 200
            listed = client.get(LIST, limit=100, properties="name,city").json()
            assert len(listed["results"]) == 50
            for each in listed["results"]:
                properties = each["properties"]
                assert (properties["name"] == "C") == (properties["city"] is None)
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))
    assert hubspot.requests.count("PATCH", status=200) == 120


def test_the_clock_is_moved_from_outside(hubspot, client):
    assert client.get("/_control/clock").json()["now"] == "2026-11-02T09:00:00.000Z"
    moved = client.post("/_control/clock", {"advance": 90}).json()
    assert moved["now"] == "2026-11-02T09:01:30.000Z"
    client.post("/_control/clock", {"stop": "2027-01-01T00:00:00Z"})
    assert hubspot.clock.now().year == 2027
    client.post("/_control/clock", {"resume": True})
    assert hubspot.clock.now_ms() == pytest.approx(time.time() * 1000, abs=5_000)
