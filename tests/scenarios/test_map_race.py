"""Two people activate versions of one flow's map at the same moment."""

import threading
import time

import pytest
from simulators import HubSpotSimulator

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying

from odoo.addons.connector_base.tests.common import approve

from .own_database import committed

PATIENCE = 30


@pytest.fixture
def approved(database):
    """Ids of two approved versions of one flow's map."""
    with HubSpotSimulator() as hubspot, committed(database) as env:
        connection = env["connector.connection"].create(
            {"name": "HubSpot", "provider": "hubspot", "base_url": hubspot.url}
        )
        credentials = {line.key: line for line in connection.credential_ids}
        credentials["access_token"].secret = hubspot.token
        connection.action_connect()
        first = connection.flow_ids[0].active_map_id
        return [approve(first.copy()).id for _version in range(2)]


class Activation(threading.Thread):
    """Somebody's click: a request that Odoo repeats where another was in its way."""

    def __init__(self, database, map_id):
        super().__init__(daemon=True)
        self.database, self.map_id, self.error = database, map_id, None

    def run(self):
        with Registry(self.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            field_map = env["connector.field.map"].browse(self.map_id)
            try:
                retrying(field_map.action_activate, env)
            except UserError as error:
                self.error = str(error)


def until_somebody_waits(cr):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        cr.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        if cr.fetchone()[0]:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("same", [True, False], ids=["one version", "two versions"])
def test_of_two_activations_at_once_the_second_is_told(database, approved, same):
    one, other = approved
    second = Activation(database, one if same else other)
    with Registry(database).cursor() as cr, Registry(database).cursor() as watch:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["connector.field.map"].browse(one).action_activate()
        second.start()
        until_somebody_waits(watch)
    second.join(PATIENCE)
    assert not second.is_alive()
    assert second.error.endswith(
        "is active already."
        if same
        else "look at what it changes, and let it be approved again."
    )
    with committed(database) as env:
        maps = env["connector.field.map"].browse(approved)
        active = maps.flow_id.map_ids.filtered(lambda m: m.state == "active")
        assert active.id == one
        assert maps[1].state == "approved"
