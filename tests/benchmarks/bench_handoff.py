"""./dev bench handoff [n]: n deals that are won at once at the vendor become orders.

Over HTTP from a simulated Salesforce: n open opportunities are pulled, then all of them
are won there and pulled again, and two workers hand them over: check, customer, order,
confirmation, contract, invoice plan. Each deal must have one order in the end.
"""

import json
import os
import subprocess
import sys
import time

from bench_bulk import KEY, SECRET
from odoo_bench import control, environment, simulator

from odoo import Command

WORKERS = 2
#: A worker of the tests gives up after two minutes; another one takes over then.
LONGEST_SECONDS = 1800
STREAMS = ("Account", "Opportunity")
DEAL = {"StageName": "Prospecting", "CloseDate": "2026-12-31", "Amount": 1200.5}


def fill(url, n):
    """Accounts with ten deals each; returns the ids of the deals."""
    ids = []
    for number in range(n):
        if number % 10 == 0:
            values = {"Name": f"Account {number // 10:05}"}
            account = control(url, "create", object="Account", values=values)["id"]
        values = {**DEAL, "Name": f"Deal {number:05}", "AccountId": account}
        ids.append(control(url, "create", object="Opportunity", values=values)["id"])
    return ids


def connect(env, url):
    connection = env["connector.connection"].create(
        {"name": "Salesforce", "provider": "salesforce", "base_url": url}
    )
    by_key = {each.key: each for each in connection.credential_ids}
    by_key["consumer_key"].secret, by_key["consumer_secret"].secret = KEY, SECRET
    connection.budget_ids.active = False
    connection.action_connect()
    euro = (
        env["res.currency"]
        .with_context(active_test=False)
        .search([("name", "=", "EUR")])
    )
    euro.active = True
    euro.rate_ids = [Command.create({"name": "2020-01-01", "rate": 0.9})]
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    lines.filtered(lambda line: line.res_model == "res.users").res_id = env.user.id
    lines.action_accept_suggestion()
    flows = connection.flow_ids
    flows.filtered(lambda flow: flow.stream not in STREAMS).active = False
    product = env["product.product"].create(
        {"name": "Licence", "type": "service", "taxes_id": [Command.clear()]}
    )
    env["connector.handoff.policy"].create(
        {
            "name": "Deals of Salesforce",
            "connection_id": connection.id,
            "fallback_product_id": product.id,
            "require_taxes": False,
            "confirm": "always",
            "invoice_plan": "full",
            "keep_agreement": "always",
        }
    )
    env.cr.commit()
    return connection


def work(env):
    """Let worker processes run until nothing is left to do; returns the seconds."""
    worker = os.path.join(os.path.dirname(__file__), "..", "scenarios", "worker.py")
    command = [sys.executable, worker, os.environ["CONNECTORS_DB"]]
    started = time.perf_counter()
    while time.perf_counter() - started < LONGEST_SECONDS:
        workers = [subprocess.Popen(command) for _number in range(WORKERS)]
        if not any([each.wait(timeout=LONGEST_SECONDS) for each in workers]):
            # What this process has read before is over.
            env.cr.commit()
            env.invalidate_all()
            return time.perf_counter() - started
    sys.exit("It doesn't come to its end.")


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with simulator("salesforce", 0) as url, environment() as env:
        ids = fill(url, n)
        connection = connect(env, url)
        work(env)
        for remote_id in ids:
            values = {"StageName": "Closed Won"}
            control(url, "update", object="Opportunity", id=remote_id, values=values)
        connection.flow_ids.action_sync()
        env.cr.commit()
        seconds = work(env)
        orders = env["sale.order"].search([("opportunity_id", "!=", False)])
        confirmed = len(orders.filtered(lambda order: order.state == "sale"))
        ordered = len(orders.opportunity_id)
        states = env["connector.process"]._read_group([], ["state"], ["__count"])
    print(
        json.dumps(
            {
                "bench": "handoff",
                "deals": n,
                "orders": confirmed,
                "lost": n - ordered,
                "doubled": len(orders) - ordered,
                "seconds": round(seconds, 1),
                "per_minute": round(60 * confirmed / seconds),
            }
        )
    )
    if dict(states) != {"done": n} or confirmed != n:
        sys.exit(f"Not all were handed over: {dict(states)}")


if __name__ == "__main__":
    main()
