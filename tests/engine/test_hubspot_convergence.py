"""Whatever happens between two pages, in the end we have seen what there is."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulators import Clock, HubSpotSimulator

from odoo.addons.connector_base.providers.http_client import HttpClient
from odoo.addons.connector_hubspot.hubspot import reader as reader_module
from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS

from .conftest import START
from .hubspot_account import MINUTE, Account

INDEX_LAG = 30

steps = st.lists(
    st.one_of(
        st.tuples(st.just("create"), st.integers(1, 5)),
        st.tuples(st.just("update"), st.integers(0, 20)),
        st.tuples(st.just("archive"), st.integers(0, 20)),
        st.tuples(st.just("restore"), st.integers(0, 20)),
        st.tuples(st.just("wait"), st.sampled_from([1, 10, 60, 400, 1000])),
        st.tuples(st.just("page"), st.just(0)),
        st.tuples(st.just("run"), st.sampled_from([1, 20])),
    ),
    min_size=5,
    max_size=25,
)


class World:
    """An account, and what a flow has seen of it."""

    def __init__(self, hubspot, version):
        self.hubspot, self.store = hubspot, hubspot.store
        self.account = Account(self._client, "companies", version)
        self.seen = {}
        self.edits = 0

    def _client(self, version):
        headers = {"Authorization": f"Bearer {self.hubspot.token}"}
        return HttpClient(self.hubspot.url, headers=headers, api_version=version)

    def take(self, step, argument):
        getattr(self, step)(argument)

    def create(self, number):
        for _number in range(number):
            self.edits += 1
            self.store.create("companies", {"name": f"Edit {self.edits}"})

    def update(self, place):
        if record_id := self._nth(place):
            self.edits += 1
            self.store.update("companies", record_id, {"name": f"Edit {self.edits}"})

    def archive(self, place):
        if record_id := self._nth(place):
            self.store.archive("companies", record_id)

    def restore(self, place):
        if record_id := self._nth(place, archived=True):
            self.store.restore("companies", record_id)

    def wait(self, seconds):
        self.hubspot.clock.advance(seconds)

    def page(self, _argument=0):
        page = self.account.page()
        for record in page.records:
            name = record.values["properties"]["name"]
            self.seen[record.remote_id] = (name, record.archived)
        return page

    def run(self, seconds):
        """Wait, then read until there is nothing more for now."""
        self.wait(seconds)
        while not self.page().done:
            pass

    def settle(self):
        """Run until nothing can be on its way any more."""
        for _number in range(3):
            self.run(20 * MINUTE)

    def _nth(self, place, archived=False):
        ids = self.store.ids("companies", archived)
        return ids[place % len(ids)] if ids else None

    def truth(self):
        """``{id: (name, archived)}`` of all that is in the account."""
        return {
            record_id: (self.store.get("companies", record_id)["name"], archived)
            for archived in (False, True)
            for record_id in self.store.ids("companies", archived)
        }


@pytest.fixture
def short_pages(monkeypatch):
    """Pages of a few records, so that a few records make many pages."""
    monkeypatch.setattr(reader_module, "LIST_LIMIT", 3)
    monkeypatch.setattr(reader_module, "SEARCH_LIMIT", 4)


@given(
    steps=steps,
    before=st.integers(0, 10),
    loaded=st.booleans(),
    version=st.sampled_from(VERSIONS),
)
@settings(max_examples=60)
def test_in_the_end_we_have_seen_what_there_is(
    short_pages, steps, before, loaded, version
):
    with HubSpotSimulator(clock=Clock(START), index_lag=INDEX_LAG) as hubspot:
        world = World(hubspot, version)
        world.create(before)
        if loaded:
            world.settle()
        for step, argument in steps:
            world.take(step, argument)

        world.settle()

        assert world.seen == world.truth()
        assert hubspot.crashes == []
