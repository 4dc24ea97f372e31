"""Two accounts that bring the same new customers at the same time."""

from unittest.mock import patch

import chaos.account
from chaos.nursery import Nursery
from chaos.run import quiet_database
from simulators import HubSpotSimulator

from .own_database import committed
from .test_two_workers import connect

CUSTOMERS = 100
#: Milliseconds for each answer, so that both loads are at it together.
SLOW_MS = 150


def test_a_customer_of_two_accounts_is_one_partner_also_when_both_load_at_once(
    database, tmp_path
):
    owners = {
        **chaos.account.OWNERS["companies"],
        **{"website": "remote", "domain": "remote"},
    }
    with (
        (tmp_path / "workers.log").open("wb") as log,
        HubSpotSimulator(seed=1) as one,
        HubSpotSimulator(seed=2) as two,
        patch.dict(chaos.account.OWNERS, {"companies": owners}),
    ):
        for account in (one, two):
            for number in range(CUSTOMERS):
                account.store.create(
                    "companies",
                    {"name": f"Customer {number}", "domain": f"c{number}.example"},
                )
            account.faults.add("latency", ms=SLOW_MS, times=None)
        with committed(database) as env:
            for account in (one, two):
                connect(env, account, account.url)
        with Nursery(database, 2, log):
            assert quiet_database(database, 90), "it never comes to rest"
        with committed(database) as env:
            partners = env["res.partner"].search([("name", "=like", "Customer %")])
            bindings = env["connector.binding"].search([])
            jobs = env["connector.job"].search([])
            assert len(partners) == CUSTOMERS
            assert len(bindings) == 2 * CUSTOMERS
            assert set(bindings.mapped("res_id")) == set(partners.ids)
            assert set(jobs.mapped("state")) <= {"done", "cancelled"}
        for account in (one, two):
            assert account.store.count("companies") == CUSTOMERS
