"""./dev bench pull [n]: what a pull costs beyond what Odoo and HTTP cost anyway.

In one run on one database, each measured several times in turn, the best counts: what
else the machine does meanwhile slows any of them by chance.

- raw: ``res.partner.create`` of the same values in batches, committed (the limit);
- ours: the pull of n companies over HTTP, with mapping, matching, binding and log;
- unchanged: the same pull again, with nothing changed;
- fetch: the pages fetched and parsed, and nothing else.

``peak_mb`` is by how many MB the first pull raised the worker's memory at its highest.
"""

import json
import sys
import time

from odoo_bench import environment, peak, reset_peak, simulator

#: Batch of the raw create: as fast as any of 100, 200, 500 and 1000 when measured.
RAW_BATCH = 500
#: How often each is measured.
TURNS = 2


def connect(env, url):
    connection = env["connector.connection"].create(
        {"name": "HubSpot", "provider": "hubspot", "base_url": url}
    )
    connection.credential_ids.secret = "simulated-hubspot-token"
    # The simulator has no limit: what is measured is us.
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    # As in a company whose salespeople have Odoo users.
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    lines.filtered(lambda line: line.res_model == "res.users").res_id = env.user.id
    env["connector.job"].search([]).action_cancel()
    env.cr.commit()
    return connection.flow_ids.filtered(lambda flow: flow.stream == "companies")


def pages(env, flow):
    """All pages of a first load, without touching Odoo's data."""
    run = env["connector.pull"]._start(flow, env["connector.job"])
    cursor = None
    while True:
        page = run.reader.fetch_page(cursor)
        yield run, page.records
        if page.done:
            return
        cursor = page.next_cursor


def fetch(env, flow):
    started = time.perf_counter()
    count = sum(len(records) for _run, records in pages(env, flow))
    return count / (time.perf_counter() - started)


def raw(env, flow):
    """Creates what the pull would create, and nothing around it; then removes it."""
    # Known only when Odoo has read where its addons are.
    from odoo.addons.connector_base.entities.entity import CREATE_CONTEXT

    mapper = env["connector.mapper"]
    model = env["res.partner"].with_context(**CREATE_CONTEXT)
    last_id = last_partner(env)
    seconds, count, waiting = 0.0, 0, []
    for run, records in pages(env, flow):
        batch = [mapper._map(run.compiled, record, "") for record in records]
        run.entity._to_odoo(run, batch)
        waiting += [{**mapped.values, "is_company": True} for mapped in batch]
        env.cr.rollback()
        if len(waiting) >= RAW_BATCH:
            count, seconds = count + len(waiting), seconds + create(model, waiting)
            waiting = []
    count, seconds = count + len(waiting), seconds + create(model, waiting)
    remove(env, last_id)
    return count / seconds


def last_partner(env):
    env.cr.execute("SELECT MAX(id) FROM res_partner")
    return env.cr.fetchone()[0]


def remove(env, last_id):
    """Take back what was made since, past the ORM, so that all begin alike."""
    for statement in (
        # The log is guarded: who deletes of it has to say that it may.
        "SELECT set_config('connector.retention', 'on', true)",
        "DELETE FROM connector_exception",
        "DELETE FROM connector_binding",
        "DELETE FROM connector_log",
    ):
        env.cr.execute(statement)
    env.cr.execute("DELETE FROM res_partner WHERE id > %s", (last_id,))
    env.cr.commit()


def create(model, values):
    """Create records, commit, and return the seconds that it took."""
    started = time.perf_counter()
    model.create(values)
    model.env.cr.commit()
    return time.perf_counter() - started


def pull(env, flow):
    flow.cursor = False
    flow.action_sync()
    env.cr.commit()
    started = time.perf_counter()
    env["connector.job"]._cron_run_lane(flow.lane)
    seconds = time.perf_counter() - started
    job = env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)
    if job.state != "done":
        sys.exit(f"The pull failed: {job.error}\n{job.traceback or ''}")
    return sum(job.result.values()) / seconds, job.result


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    raw_rates, ours_rates, unchanged_rates, fetch_rates = [], [], [], []
    peak_mb = None
    with simulator("hubspot", n) as url, environment() as env:
        flow = connect(env, url)
        last_id = last_partner(env)
        for turn in range(TURNS):
            if turn:
                remove(env, last_id)
            raw_rates.append(raw(env, flow))
            before = reset_peak()
            rate, result = pull(env, flow)
            ours_rates.append(rate)
            peak_mb = peak_mb or peak() - before
            for _again in range(TURNS):
                fetch_rates.append(fetch(env, flow))
                rate, again = pull(env, flow)
                unchanged_rates.append(rate)
        print(f"first {dict(result)}, again {dict(again)}", file=sys.stderr)
    raw_rate, ours_rate = max(raw_rates), max(ours_rates)
    unchanged_rate, fetch_rate = max(unchanged_rates), max(fetch_rates)
    print(
        json.dumps(
            {
                "bench": "pull",
                "n": sum(result.values()),
                "raw_per_s": round(raw_rate),
                "ours_per_s": round(ours_rate),
                "ratio": round(ours_rate / raw_rate, 3),
                "unchanged_per_s": round(unchanged_rate),
                "fetch_per_s": round(fetch_rate),
                "unchanged_ratio": round(unchanged_rate / fetch_rate, 3),
                "peak_mb": round(peak_mb, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
