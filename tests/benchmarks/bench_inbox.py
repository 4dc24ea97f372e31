"""./dev bench inbox [causes] [items] [bulk]: the exceptions as a person opens them.

- list: the inbox with its default filter, as the browser asks for it: first page and
  count;
- group: grouped by kind, with sums;
- search: causes by a word, and by the remote id of one of their records;
- form: the cause that holds a tenth of all records;
- items: the list of all held records;
- counters: what the overview counts;
- bulk: so many records held by one cause are settled by one decision, over HTTP.

Each of the first is measured several times, and the slowest counts: people notice that
one. All as an operator, not as the superuser: the rules of companies apply.
"""

import json
import sys
import time

from lxml import etree
from odoo_bench import environment, simulator

from odoo.tools import SQL

TURNS = 5
FILTER = [
    ("state", "=", "open"),
    "|",
    ("snoozed_until", "=", False),
    ("snoozed_until", "<=", "now"),
]


def seed(env, causes, items):
    """Causes of all kinds; the first holds a tenth of all records."""
    connection = env["connector.connection"].create(
        {"name": "Vendor", "provider": "hubspot", "state": "connected"}
    )
    env["connector.flow"]._ensure_flows(connection)
    flow = connection.flow_ids[:1]
    company = connection.company_id
    numbers = {
        "causes": causes,
        "items": items,
        "connection": connection.id,
        "company": company.id,
        "currency": company.currency_id.id,
        "flow": flow.id,
        "user": env.ref("base.user_admin").id,
    }
    env.cr.execute(
        """
        INSERT INTO connector_exception (
            name, connection_id, company_id, currency_id, flow_id, domain, error_class,
            code, cause, fingerprint, direction, blocking, blocks_closing, state,
            user_id, first_seen_at, last_seen_at, sla_deadline, has_items, open_count,
            amount, create_date)
        SELECT 'Stage “' || md5(n::text) || '” has no meaning', %(connection)s,
               %(company)s, %(currency)s, %(flow)s,
               (ARRAY['general', 'crm', 'billing', 'support'])[1 + n %% 4],
               (ARRAY['validation', 'mapping', 'conflict'])[1 + n %% 3],
               'required_missing', n::text, md5(n::text), 'pull', true, n %% 10 = 0,
               CASE WHEN n %% 20 = 0 THEN 'resolved' ELSE 'open' END,
               CASE WHEN n %% 3 > 0 THEN %(user)s END,
               now() AT TIME ZONE 'UTC' - n * interval '1 minute',
               now() AT TIME ZONE 'UTC',
               now() AT TIME ZONE 'UTC' + (n %% 5000 - 2500) * interval '1 minute',
               true, 0, 0, now() AT TIME ZONE 'UTC'
          FROM generate_series(1, %(causes)s) AS n
        """,
        numbers,
    )
    env.cr.execute(
        """
        WITH cause AS (
            SELECT id, state, row_number() OVER (ORDER BY id) - 1 AS place
              FROM connector_exception WHERE connection_id = %(connection)s)
        INSERT INTO connector_exception_item (
            exception_id, connection_id, company_id, currency_id, flow_id, blocking,
            direction, remote_id, label, partner_label, amount, message, payload, state,
            create_date, last_seen_at)
        SELECT cause.id, %(connection)s, %(company)s, %(currency)s, %(flow)s, true,
               'pull', n::text, 'Record ' || n, 'Customer ' || n %% 1000, n %% 900,
               'Name is empty, and every record needs it.', '{"name": ""}',
               cause.state, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
          FROM generate_series(1, %(items)s) AS n
          JOIN cause ON cause.place
               = CASE WHEN n %% 10 = 0 THEN 0 ELSE n %% %(causes)s END
        """,
        numbers,
    )
    env["connector.exception"]._recount(SQL("TRUE"))
    env.cr.commit()
    env.cr.execute("ANALYZE connector_exception")
    env.cr.execute("ANALYZE connector_exception_item")
    env.cr.commit()
    return connection


def specification(model, view_type):
    """What the browser asks for with a view, without what it never shows at first."""
    arch = etree.fromstring(model.get_view(view_type=view_type)["arch"])
    names = {}
    for node in arch.iter("field"):
        field = model._fields.get(node.get("name"))
        if field is None or any(a.tag == "field" for a in node.iterancestors()):
            continue
        spec = {}
        if field.type == "many2one":
            spec = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            of_list = {n.get("name"): {} for n in node.iterdescendants("field")}
            spec = {"fields": of_list, "limit": 40}
        names[field.name] = spec
    return names


def slowest(env, work):
    """Milliseconds of the slowest of some turns, each with an empty cache."""
    times = []
    for _turn in range(TURNS):
        env.invalidate_all()
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
        env.cr.rollback()
    return round(max(times))


def measure(env, connection):
    operator = env["res.users"].create(
        {
            "name": "Operator",
            "login": "bench-operator",
            "group_ids": [(6, 0, env.ref("connector_base.group_operator").ids)],
        }
    )
    env.cr.commit()
    causes = env["connector.exception"].with_user(operator)
    items = env["connector.exception.item"].with_user(operator)
    list_spec = specification(causes, "list")
    form_spec = specification(causes, "form")
    item_spec = specification(items, "list")
    largest = causes.search([], order="open_count desc", limit=1)
    env["connector.connection"].with_user(operator)

    def search():
        causes.web_search_read(
            [("name", "ilike", "abcd"), *FILTER], list_spec, limit=80, count_limit=10001
        )
        causes.web_search_read(
            [("item_ids.remote_id", "=", "777"), *FILTER],
            list_spec,
            limit=80,
            count_limit=10001,
        )

    return {
        "list_ms": slowest(
            env,
            lambda: causes.web_search_read(
                FILTER, list_spec, limit=80, count_limit=10001
            ),
        ),
        "group_ms": slowest(
            env,
            lambda: causes.formatted_read_group(
                FILTER, ["error_class"], ["__count", "open_count:sum", "amount:sum"]
            ),
        ),
        "search_ms": slowest(env, search),
        "form_ms": slowest(env, lambda: largest.web_read(form_spec)),
        "items_ms": slowest(
            env,
            lambda: items.web_search_read(
                [("state", "=", "open")], item_spec, limit=80, count_limit=10001
            ),
        ),
        "counters_ms": slowest(
            env, lambda: connection.with_user(operator).read(["failing_count"])
        ),
    }


def bulk(env, url, count):
    """Seconds of the workers for one decision about so many records."""
    connection = env["connector.connection"].create(
        {"name": "HubSpot", "provider": "hubspot", "base_url": url}
    )
    connection.credential_ids.secret = "simulated-hubspot-token"
    connection.budget_ids.requests = 100_000
    connection.action_connect()
    lines = connection.value_map_ids.line_ids.filtered(lambda line: not line.res_id)
    lines.filtered(lambda line: line.res_model == "res.users").res_id = env.user.id
    env["connector.job"].search([]).action_cancel()
    flow = connection.flow_ids.filtered(lambda flow: flow.stream == "companies")
    flow.may_create = False
    flow.action_sync()
    env.cr.commit()
    hold = time.perf_counter()
    while run_lane(env, flow):
        pass
    hold = time.perf_counter() - hold
    cause = env["connector.exception"].search(
        [("flow_id", "=", flow.id), ("code", "=", "create_not_allowed")]
    )
    held = cause.open_count
    fix = env["connector.fix"].create({"exception_id": cause.id})
    env.cr.commit()
    started = time.perf_counter()
    fix.action_apply()
    env.cr.commit()
    decided = time.perf_counter() - started
    while run_lane(env, flow):
        pass
    seconds = time.perf_counter() - started
    if cause.open_count or cause.state != "resolved":
        sys.exit(f"{cause.open_count} of {held} are left: {cause.state}")
    return {
        "bulk": held,
        "hold_s": round(hold, 1),
        "decide_ms": round(decided * 1000),
        "bulk_s": round(seconds, 1),
    }


def run_lane(env, flow):
    """Let a worker run; whether something is left."""
    env["connector.job"]._cron_run_lane(flow.lane)
    env.cr.commit()
    env.invalidate_all()
    return env["connector.job"].search_count(
        [("flow_id", "=", flow.id), ("state", "in", ("pending", "started"))], limit=1
    )


def main():
    numbers = [int(number) for number in sys.argv[1:]]
    causes, items, many = (*numbers, *(100_000, 1_000_000, 10_000)[len(numbers) :])
    result = {"bench": "inbox", "causes": causes, "items": items}
    with environment() as env:
        started = time.perf_counter()
        connection = seed(env, causes, items)
        print(f"seeded in {time.perf_counter() - started:.0f} s", file=sys.stderr)
        result |= measure(env, connection)
        print(json.dumps(result), file=sys.stderr)
        if many:
            with simulator("hubspot", many) as url:
                result |= bulk(env, url, many)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
