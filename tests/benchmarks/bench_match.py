"""./dev bench match [n]: n remote records against n partners, half of each companies.

Mapped and matched page by page as a pull does it, nothing written: by all rules, those
by similar names among them. The records are dirty and labelled, see
``connector_base/tests/labelled.py``: ``precision`` is of what was linked, ``recall`` of
what was linked or would be asked about. ``peak_mb`` is by how many MB the worker's
memory rose at its highest.

``write_cost`` is how much longer it takes to create partners with the indexes that
matching brings, as a ratio, and ``trigram_cost`` with that for similar names as well.
"""

import json
import sys
import time
from unittest.mock import patch

from odoo_bench import environment, peak, reset_peak

PAGE = 500
#: Partners that are created to see what the indexes cost.
WRITTEN = 500
#: How often that is measured.
TURNS = 5
#: Name -> (entity, what is mapped)
STREAMS = {
    "companies": (
        "customer.company",
        ("name", "domain", "phone", "city", "zip", "country", "tax_id"),
    ),
    "contacts": (
        "customer.contact",
        ("first_name", "last_name", "email", "other_emails", "phone", "country")
        + ("company",),
    ),
}
SKIPPED = ("country", "parent", "domain", "switchboard")


def connect(env):
    """Flows whose maps read the values of labelled records by their names."""
    from odoo.addons.connector_base.engine.records import MapLine, Stream

    streams = [
        Stream(name, entity, name, tuple(MapLine(each, each) for each in targets))
        for name, (entity, targets) in STREAMS.items()
    ]
    provider = type(env["connector.provider.hubspot"])
    with patch.object(provider, "_streams", lambda provider: streams):
        connection = env["connector.connection"].create(
            {"name": "HubSpot", "provider": "hubspot"}
        )
        env["connector.flow"]._ensure_flows(connection)
    return connection


def insert(env, labelled, countries, companies=None):
    """Partners as Odoo would have stored them, by COPY: they are not what is measured.

    :return: list of ids, in order
    """
    from odoo.addons.connector_base.engine.normalize import normalize_phone
    from odoo.addons.connector_base.models.bulk_insert import bulk_insert

    rows = []
    for vals in labelled.ours:
        row = {name: value for name, value in vals.items() if name not in SKIPPED}
        row = {"is_company": False, "website": None, "vat": None, "city": None, **row}
        row.setdefault("email", None)
        rows.append(
            {
                **row,
                "complete_name": vals["name"],
                "type": "contact",
                "active": True,
                "country_id": countries[vals["country"]],
                "parent_id": companies[vals["parent"]] if companies else None,
                "email_normalized": row["email"],
                "phone_sanitized": vals["phone"]
                and normalize_phone(vals["phone"], vals["country"]),
                **needed(env),
            }
        )
    env.cr.execute("SELECT COALESCE(MAX(id), 0) FROM res_partner")
    last = env.cr.fetchone()[0]
    for start in range(0, len(rows), 5000):
        bulk_insert(env["res.partner"], rows[start : start + 5000])
    env.cr.commit()
    env.cr.execute("SELECT id FROM res_partner WHERE id > %s ORDER BY id", (last,))
    return [row[0] for row in env.cr.fetchall()]


def needed(env):
    """Values of columns that other addons need."""
    known = env["res.partner"]._fields
    return {"autopost_bills": "ask"} if "autopost_bills" in known else {}


def match(env, flow, labelled, ids, measured):
    """Match page by page; :return: seconds"""
    from odoo.addons.connector_base.engine.records import RemoteRecord

    matcher = env["connector.matcher"]
    seconds = 0.0
    for start in range(0, len(labelled.theirs), PAGE):
        page = labelled.theirs[start : start + PAGE]
        started = time.perf_counter()
        run = matcher._run(flow)
        judged = matcher._judge(
            run,
            [
                RemoteRecord(str(start + number), values)
                for number, (values, _here) in enumerate(page)
            ],
        )
        seconds += time.perf_counter() - started
        for mapped, (_values, here) in zip(judged, page, strict=True):
            measured.add(mapped, None if here is None else ids[here])
        env.cr.rollback()
        done = start + len(page)
        if done % (20 * PAGE) == 0:
            print(f"{flow.stream}: {done} in {seconds:.0f} s", file=sys.stderr)
    return seconds


def bind(env, flow, labelled, ids):
    """The companies that people refer to, linked as they should be."""
    from odoo.addons.connector_base.models.bulk_insert import bulk_insert

    bulk_insert(
        env["connector.binding"],
        [
            {
                "connection_id": flow.connection_id.id,
                "company_id": flow.company_id.id,
                "flow_id": flow.id,
                "entity": flow.entity,
                "remote_id": str(number),
                "res_model": "res.partner",
                "res_id": ids[here],
                "state": "synced",
            }
            for number, (_values, here) in enumerate(labelled.theirs)
            if here is not None
        ],
    )
    env.cr.execute("ANALYZE connector_binding, res_partner")
    env.cr.commit()


def write_costs(env, world, countries):
    """Seconds to create partners; nothing of it stays.

    In turn, the best of each counts: what else the machine does slows any by chance.

    :return: ``[with all indexes, without that of trigrams, without any of ours]``
    """
    rows = [
        {
            **{k: v for k, v in vals.items() if k not in SKIPPED and k != "vat"},
            "country_id": countries[vals["country"]],
        }
        for vals in world.companies.ours[:WRITTEN]
    ]
    best = [float("inf")] * 3
    for _turn in range(TURNS):
        for number, patterns in enumerate(((), ("%trgm",), ("%connector_%",))):
            env.cr.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = 'res_partner'"
                " AND indexname LIKE '%%connector_%%' AND indexname LIKE ANY(%s)",
                (list(patterns),),
            )
            for (name,) in env.cr.fetchall():
                env.cr.execute(f'DROP INDEX "{name}"')
            started = time.perf_counter()
            env["res.partner"].with_context(tracking_disable=True).create(rows)
            env.flush_all()
            best[number] = min(best[number], time.perf_counter() - started)
            env.cr.rollback()
            env.invalidate_all(flush=False)
    return best


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with environment() as env:
        from odoo.addons.connector_base.tests.labelled import Measured, World

        world = World(n // 2)
        connection = connect(env)
        flows = {flow.stream: flow for flow in connection.flow_ids}
        companies, contacts = flows["companies"], flows["contacts"]
        rules = companies.with_context(active_test=False).match_rule_ids
        rules.filtered(lambda rule: rule.method == "fuzzy_name").active = True
        env.cr.commit()
        countries = {c.code: c.id for c in env["res.country"].search([])}
        company_ids = insert(env, world.companies, countries)
        people_ids = insert(env, world.people, countries, company_ids)
        env.cr.execute("ANALYZE res_partner")
        env.cr.commit()
        measured = Measured()
        before = reset_peak()
        seconds = match(env, companies, world.companies, company_ids, measured)
        raised = peak() - before
        bind(env, companies, world.companies, company_ids)
        before = reset_peak()
        seconds += match(env, contacts, world.people, people_ids, measured)
        raised = max(raised, peak() - before)
        costs = write_costs(env, world, countries)
    print(
        json.dumps(
            {
                "bench": "match",
                "n": measured.total,
                "per_s": round(measured.total / seconds),
                "seconds": round(seconds, 1),
                "peak_mb": round(raised, 1),
                "precision": round(measured.precision, 4),
                "recall": round(measured.recall, 4),
                "linked": measured.linked,
                "asked": measured.asked,
                "write_cost": round(costs[1] / costs[2], 3),
                "trigram_cost": round(costs[0] / costs[2], 3),
            }
        )
    )


if __name__ == "__main__":
    main()
