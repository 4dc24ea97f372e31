"""Fixtures of the simulators' own tests: plain HTTP, no Odoo."""

import sys
from pathlib import Path

import pytest
import requests

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulators import Clock, HubSpotSimulator  # noqa: E402

START = "2026-11-02T09:00:00Z"


class Client:
    """A bearer client of one simulator; methods take paths and return responses."""

    def __init__(self, simulator, token=None):
        self.simulator = simulator
        self.session = requests.Session()
        token = simulator.token if token is None else token
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, path, **more):
        return self.session.request(
            method, self.simulator.url + path, timeout=10, **more
        )

    def get(self, path, **query):
        return self.request("GET", path, params=query)

    def post(self, path, body):
        return self.request("POST", path, json=body)

    def search(self, object_type, *filters, **body):
        """A search with one group of (property, operator, value) filters."""
        listed = [
            {"propertyName": name, "operator": operator, **_operand(value)}
            for name, operator, *value in filters
        ]
        if listed:
            body["filterGroups"] = [{"filters": listed}]
        return self.post(f"/crm/objects/2026-09/{object_type}/search", body)

    def found(self, object_type, *filters, **body):
        """The ids a search gives."""
        answer = self.search(object_type, *filters, **body)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()["results"]]


def _operand(value):
    if not value:
        return {}
    if len(value) == 2:
        return {"value": value[0], "highValue": value[1]}
    if isinstance(value[0], list):
        return {"values": value[0]}
    return {"value": value[0]}


@pytest.fixture
def clock():
    """A clock that stands still until a test moves it."""
    return Clock(START)


@pytest.fixture
def start(clock):
    """Start a HubSpot simulator with the settings given; all stop with the test."""
    running = []

    def run(*args, **settings):
        settings.setdefault("clock", clock)
        simulator = HubSpotSimulator(*args, **settings).start()
        running.append(simulator)
        return simulator

    yield run
    for simulator in running:
        simulator.stop()
        assert simulator.crashes == []


@pytest.fixture
def hubspot(start):
    """An empty account."""
    return start()


@pytest.fixture
def client(hubspot):
    """A client with every scope."""
    return Client(hubspot)


@pytest.fixture(scope="session")
def client_of():
    """A client of any simulator, with any token."""
    return Client
