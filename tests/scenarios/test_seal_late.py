"""A transaction that was given its numbers early and commits late."""

import time

import pytest

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

from .own_database import committed

#: Seconds: transactions of other databases of the server, as of tests that run at the
#: same time, are waited for as well.
PATIENCE = 240
FLOW = {"direction": "pull", "action": "keep"}


@pytest.fixture
def connection_id(database):
    with committed(database) as env:
        return (
            env["connector.connection"]
            .create({"name": "HubSpot", "provider": "hubspot"})
            .id
        )


def write_row(env, connection_id, note):
    row = env["connector.log"].create(
        {"connection_id": connection_id, "note": note, **FLOW}
    )
    env.flush_all()
    return row.id


def seal(database):
    """What the scheduled action does, each time in a transaction of its own."""
    with committed(database) as env:
        chain = env["connector.seal.chain"]._of(env["connector.log"])
        settled = chain._settled_id()
        while chain._seal(settled):
            pass
        return chain._last_seal().last_id


def seal_up_to(database, row_id):
    """Let the scheduled action run until a row is sealed."""
    end = time.monotonic() + PATIENCE
    while seal(database) < row_id:
        assert time.monotonic() < end, "it is never sealed"
        time.sleep(0.2)


def check(database):
    with committed(database) as env:
        chain = env["connector.seal.chain"]._of(env["connector.log"])
        found = chain.check()
        return found.state, found.row_count


def test_a_row_that_is_committed_late_is_waited_for_and_sealed(database, connection_id):
    with Registry(database).cursor() as late_cr:
        late = api.Environment(late_cr, SUPERUSER_ID, {})
        late_id = write_row(late, connection_id, "late")
        with committed(database) as env:
            early_id = write_row(env, connection_id, "early")
        assert late_id < early_id
        for _run in range(5):
            assert seal(database) == 0, "sealed past a row that was still to come"
        late_cr.commit()
    seal_up_to(database, early_id)
    state, rows = check(database)
    assert (state, rows >= 2) == ("good", True)
    with committed(database) as env:
        sealed = dict(env["connector.seal"].search([], order="number")[0]._leaves())
        assert {late_id, early_id} <= sealed.keys()


def test_a_row_that_was_rolled_back_leaves_a_gap_that_is_none(database, connection_id):
    with Registry(database).cursor() as cr:
        write_row(api.Environment(cr, SUPERUSER_ID, {}), connection_id, "no")
        cr.rollback()
    with committed(database) as env:
        row_id = write_row(env, connection_id, "yes")
    seal_up_to(database, row_id)
    assert check(database)[0] == "good"
