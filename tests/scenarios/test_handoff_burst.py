"""Many deals are won at once and workers die: each becomes one order."""

import time

from odoo import Command

from .own_database import committed, start_worker

DEALS = 40
#: Deals that are won by one transaction.
TOGETHER = 20
#: Steps that are done before the worker is killed, of ten times as many.
DONE_BEFORE = 30
#: Seconds that the worker has for them.
PATIENCE = 90


def set_up(database):
    """A policy for Odoo's own deals, and deals that are still open."""
    with committed(database) as env:
        product = env["product.product"].create(
            {"name": "Licence", "type": "service", "taxes_id": [Command.clear()]}
        )
        env["connector.handoff.policy"].create(
            {
                "name": "Own deals",
                "fallback_product_id": product.id,
                "require_taxes": False,
                "confirm": "always",
                "invoice_plan": "full",
                "keep_agreement": "always",
            }
        )
        partner = env["res.partner"].create({"name": "Acme", "is_company": True})
        stage = env["crm.stage"].search([("is_won", "=", False)], limit=1)
        return (
            env["crm.lead"]
            .create(
                [
                    {
                        "name": f"Deal {number}",
                        "type": "opportunity",
                        "partner_id": partner.id,
                        "expected_revenue": 100 + number,
                        "stage_id": stage.id,
                    }
                    for number in range(DEALS)
                ]
            )
            .ids
        )


def win(database, ids):
    with committed(database) as env:
        won = env["crm.stage"].search([("is_won", "=", True)], limit=1)
        env["crm.lead"].browse(ids).write({"stage_id": won.id})


def steps_done(database):
    with committed(database) as env:
        return env["connector.process.step"].search_count([("state", "=", "done")])


def test_workers_killed_between_steps_leave_each_deal_one_order(database):
    ids = set_up(database)
    for start in range(0, DEALS, TOGETHER):
        win(database, ids[start : start + TOGETHER])
    first = start_worker(database)
    deadline = time.monotonic() + PATIENCE
    while steps_done(database) < DONE_BEFORE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert first.poll() is None, "it had nothing to do any more: nothing is shown"
    first.kill()
    first.wait()
    assert steps_done(database) >= DONE_BEFORE
    workers = [start_worker(database) for _worker in range(2)]
    for worker in workers:
        assert worker.wait(timeout=150) == 0
    with committed(database) as env:
        processes = env["connector.process"].search([("res_id", "in", ids)])
        states = {(p.state, p.message) for p in processes}
        assert states == {("done", False)}, states
        assert len(processes) == DEALS
        orders = env["sale.order"].search([("opportunity_id", "in", ids)])
        assert len(orders) == DEALS
        assert set(orders.mapped("state")) == {"sale"}
        assert sorted(orders.mapped("amount_untaxed")) == [
            100 + number for number in range(DEALS)
        ]
        assert len(orders.invoice_plan_ids) == DEALS
        versions = env["connector.agreement.version"].search([("lead_id", "in", ids)])
        assert len(versions) == DEALS
