"""./dev bench bulk [n]: what a first load by Bulk API costs beyond what Odoo costs.

In one run on one database, each measured several times in turn, the best counts:

- raw: ``res.partner.create`` of the same values in batches, committed (the limit);
- ours: the pull of n accounts by a Bulk job over HTTP, from its creation to the commit
  of the last record, without the time that Salesforce takes to prepare the results: no
  worker waits for that.

``peak_mb`` is by how many MB the first pull raised the worker's memory at its highest;
it stays the same whatever n is.
"""

import json
import sys
import time

from bench_pull import TURNS, last_partner, raw, remove
from odoo_bench import control, environment, peak, reset_peak, simulator

KEY, SECRET = (
    "simulated-salesforce-consumer-key",
    "simulated-salesforce-consumer-secret",
)
THRESHOLD = "connector_salesforce.bulk_threshold"
NEVER = 10**9
ADDRESS = {
    "BillingStreet": "Hauptstr. 1",
    "BillingCity": "Berlin",
    "BillingCountry": "Germany",
    "Description": "An account of the benchmark.",
}
#: Accounts that share a postal code.
NEIGHBOURS = 25


def connect(env, url):
    connection = env["connector.connection"].create(
        {"name": "Salesforce", "provider": "salesforce", "base_url": url}
    )
    by_key = {each.key: each for each in connection.credential_ids}
    by_key["consumer_key"].secret, by_key["consumer_secret"].secret = KEY, SECRET
    # The simulator has no limit: what is measured is us.
    connection.budget_ids.active = False
    connection.action_connect()
    # As in a company whose salespeople have Odoo users.
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    lines.filtered(lambda line: line.res_model == "res.users").res_id = env.user.id
    env["connector.job"].search([]).action_cancel()
    env.cr.commit()
    return connection.flow_ids.filtered(lambda flow: flow.stream == "Account")


def set_threshold(env, records):
    env["ir.config_parameter"].set_param(THRESHOLD, records)
    env.cr.commit()


def pull(env, flow):
    """Records a second, and what became of them."""
    flow.cursor = False
    flow.action_sync()
    env.cr.commit()
    seconds = 0.0
    while True:
        started = time.perf_counter()
        env["connector.job"]._cron_run_lane(flow.lane)
        seconds += time.perf_counter() - started
        job = env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)
        if job.state == "done":
            return job.result.get("created", 0) / seconds, job.result
        if job.state != "pending" or job.error:
            sys.exit(f"The pull failed: {job.error}\n{job.traceback or ''}")
        # What it waits for is ready.
        job.eta = "2000-01-01"
        env.cr.commit()


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    raw_rates, ours_rates, peak_mb = [], [], None
    with simulator("salesforce", 0) as url, environment() as env:
        control(url, "bulk", polls=0)
        for start in range(0, n, NEIGHBOURS):
            values = {
                **ADDRESS,
                "BillingPostalCode": f"{10115 + start // NEIGHBOURS}",
            }
            number = min(NEIGHBOURS, n - start)
            control(url, "fill", object="Account", number=number, values=values)
        flow = connect(env, url)
        last_id = last_partner(env)
        for turn in range(TURNS):
            if turn:
                remove(env, last_id)
            set_threshold(env, NEVER)
            raw_rates.append(raw(env, flow))
            set_threshold(env, 1)
            before = reset_peak()
            rate, result = pull(env, flow)
            ours_rates.append(rate)
            peak_mb = peak_mb or peak() - before
            if result.get("created") != n:
                sys.exit(f"{n} accounts became {dict(result)}")
        print(f"{dict(result)}", file=sys.stderr)
    raw_rate, ours_rate = max(raw_rates), max(ours_rates)
    print(
        json.dumps(
            {
                "bench": "bulk",
                "n": n,
                "raw_per_s": round(raw_rate),
                "ours_per_s": round(ours_rate),
                "ratio": round(ours_rate / raw_rate, 3),
                "peak_mb": round(peak_mb, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
