"""./dev bench push [n]: what it costs to send n changed partners.

n bound companies are changed in Odoo, which records them in the outbox; then they are
pushed over HTTP to a simulated HubSpot. One request a batch, and ten for all around it,
are what fields of Odoo's own may need. Fields that the newest edit decides are read
before they are written, or an edit there that no pull has seen would be lost: one more
request a batch.
"""

import json
import math
import sys
import time

import requests
from odoo_bench import environment, simulator

#: Records changed in one transaction, as an import of a person does it.
CHANGED_TOGETHER = 1000


def connect(env, url):
    connection = env["connector.connection"].create(
        {"name": "HubSpot", "provider": "hubspot", "base_url": url}
    )
    connection.credential_ids.secret = "simulated-hubspot-token"
    connection.action_connect()
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    lines.filtered(lambda line: line.res_model == "res.users").res_id = env.user.id
    env["connector.job"].search([]).action_cancel()
    flow = connection.flow_ids.filtered(lambda flow: flow.stream == "companies")
    own(env, flow, "odoo")
    flow.direction = "both"
    env.cr.commit()
    return flow


def own(env, flow, owner):
    """Give all fields to an owner."""
    draft = env["connector.field.map"].browse(
        flow.active_map_id.action_new_draft()["res_id"]
    )
    draft.line_ids.write({"owner": owner})
    # No second person is here.
    draft._take_effect()
    env.cr.commit()


def run(env, flow, method):
    """Enqueue, run the lane, and return the finished job."""
    getattr(flow, method)()
    env.cr.commit()
    env["connector.job"]._cron_run_lane(flow.lane)
    job = env["connector.job"].search([("flow_id", "=", flow.id)], limit=1)
    if job.state != "done":
        sys.exit(f"{job.name} failed: {job.error}\n{job.traceback or ''}")
    return job.result


def change(env, flow, city):
    """Another city for every bound partner; returns how many there are."""
    bindings = env["connector.binding"].search([("flow_id", "=", flow.id)])
    partners = env["res.partner"].browse(bindings.mapped("res_id"))
    for start in range(0, len(partners), CHANGED_TOGETHER):
        partners[start : start + CHANGED_TOGETHER].write({"city": city})
        env.cr.commit()
    return len(partners)


def count_requests(url):
    reply = requests.get(f"{url}/_control/requests", timeout=60)
    reply.raise_for_status()
    return reply.json()["total"]


def push(env, flow, url, city):
    """Change all and push it.

    :return: ``(records, requests, seconds)``
    """
    count = change(env, flow, city)
    before = count_requests(url)
    started = time.perf_counter()
    result = run(env, flow, "_enqueue_push")
    seconds = time.perf_counter() - started
    left = env["connector.change"].search_count([])
    print(f"{dict(result)}, {left} left", file=sys.stderr)
    if left:
        sys.exit("Not all of it was sent.")
    return count, count_requests(url) - before, seconds


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with simulator("hubspot", n) as url, environment() as env:
        flow = connect(env, url)
        run(env, flow, "_enqueue_pull")
        writer = env["connector.push"]._start(flow, env["connector.job"]).writer
        count, asked, seconds = push(env, flow, url, "Changed")
        own(env, flow, "newest")
        _count, asked_newest, seconds_newest = push(env, flow, url, "Changed Again")
    batches = math.ceil(count / writer.batch_size)
    print(
        json.dumps(
            {
                "bench": "push",
                "records": count,
                "batches": batches,
                "requests": asked,
                "per_s": round(count / seconds),
                "newest_requests": asked_newest,
                "newest_per_s": round(count / seconds_newest),
            }
        )
    )
    if asked > batches + 10:
        sys.exit("That is more than it may need.")


if __name__ == "__main__":
    main()
