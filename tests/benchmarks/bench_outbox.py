"""./dev bench outbox [n]: what recording outgoing changes adds to people's writes.

In one run on one database a batch of n records is written and committed with the
outbox's hooks in place and with them taken out, right after each other, in changing
order. Each overhead is the median of these pairs' ratios, less one: what else the
machine does meanwhile slows both of a pair.

- unwatched: partners, while only products are sent;
- unwatched_single: partners' tags, written one by one, which costs Odoo least;
- watched: partners that a flow sends, each change of which is recorded;
- watched_bound: the same where each partner is bound to a remote record.
"""

import contextlib
import itertools
import json
import statistics
import sys
import time

from odoo_bench import environment

TURNS = 21
HOOKS = ("create", "write", "unlink", "_write_multi")
NUMBERS = itertools.count(1)


@contextlib.contextmanager
def without_hooks():
    """Odoo as it is without the outbox."""
    from odoo.addons.connector_base.models.connector_outbox import Base

    taken = {name: Base.__dict__[name] for name in HOOKS}
    for name in taken:
        delattr(Base, name)
    try:
        yield
    finally:
        for name, function in taken.items():
            setattr(Base, name, function)


def connect(env):
    """A connection of which only products go out."""
    connection = env["connector.connection"].create(
        {"name": "Vendor", "provider": "hubspot", "state": "connected"}
    )
    env["connector.flow"]._ensure_flows(connection)
    flow = connection.flow_ids.filtered(lambda f: f.entity == "product")
    (flow or connection.flow_ids[:0]).direction = "push"
    env.cr.commit()
    return connection


def clear(env):
    env.cr.execute("DELETE FROM connector_change")
    env.cr.execute("DELETE FROM ir_cron_trigger")
    env.cr.commit()


def write_partners(records):
    number = next(NUMBERS)
    records.write({"comment": f"Note {number}"})


def write_tags(records):
    number = next(NUMBERS)
    for record in records:
        record.color = number


def seconds(env, work, records):
    clear(env)
    records.mapped("create_date")
    started = time.perf_counter()
    work(records)
    env.cr.commit()
    return time.perf_counter() - started


def overhead(env, work, records):
    """How much longer the work takes with the hooks, as a share."""
    ratios = []
    for turn in range(TURNS):
        hooked_first = turn % 2
        hooked = seconds(env, work, records) if hooked_first else None
        with without_hooks():
            plain = seconds(env, work, records)
        ratios.append((hooked or seconds(env, work, records)) / plain)
    print(
        f"{work.__name__}: {plain:.3f} s without, ratios"
        f" {min(ratios):.2f} to {max(ratios):.2f}",
        file=sys.stderr,
    )
    return round(statistics.median(ratios) - 1, 3)


def bind(env, flow, partners):
    from odoo.addons.connector_base.models.bulk_insert import bulk_insert

    bulk_insert(
        env["connector.binding"],
        [
            {
                "connection_id": flow.connection_id.id,
                "flow_id": flow.id,
                "entity": flow.entity,
                "remote_id": str(partner_id),
                "res_model": "res.partner",
                "res_id": partner_id,
                "state": "synced",
            }
            for partner_id in partners.ids
        ],
    )
    env.cr.commit()


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with environment() as env:
        connection = connect(env)
        partners = env["res.partner"].create(
            [{"name": f"Partner {i}", "is_company": True} for i in range(n)]
        )
        tags = env["res.partner.category"].create(
            [{"name": f"Tag {i}"} for i in range(n)]
        )
        env.cr.commit()
        result = {
            "unwatched_overhead": overhead(env, write_partners, partners),
            "unwatched_single_overhead": overhead(env, write_tags, tags),
        }
        flow = connection.flow_ids.filtered(lambda f: f.entity == "customer.company")
        flow.direction = "both"
        env.cr.commit()
        result["watched_overhead"] = overhead(env, write_partners, partners)
        seconds(env, write_partners, partners)
        env.cr.execute("SELECT COUNT(*) FROM connector_change")
        result["recorded"] = env.cr.fetchone()[0]
        bind(env, flow, partners)
        result["watched_bound_overhead"] = overhead(env, write_partners, partners)
    print(json.dumps({"bench": "outbox", "n": n, **result}))


if __name__ == "__main__":
    main()
