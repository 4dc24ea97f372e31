"""./dev bench context [n]: reading how a customer stands against an empty route.

A real server without crons on the benchmark's database with ``CUSTOMERS`` customers; a
second process loads, in turn and ``TURNS`` times, an empty route and the read API with
n seconds each (3 when left out), by e-mail address, with as many tokens as clients. A
read checks its token, counts what that has read and adds a line. The best turn of each
counts for the ratio: what else the machine does meanwhile slows any of them by chance.

``p95_ms`` is that of the reads of all turns, ``errors`` what was answered with anything
but 200, ``unrecorded`` how many answers have no line. Then ``GUESSES`` wrong tokens and
as many wrong addresses are tried out: ``guess_hits`` must be 0, ``guess_limited`` says
how many were refused unread. Threads of one process, since that is how ``./dev`` runs
Odoo; workers scale both alike.
"""

import collections
import json
import os
import statistics
import sys

from bench_webhook import configuration
from odoo_bench import environment, load
from scenarios.odoo_server import odoo_server

SECONDS = 3
TURNS = 3
CLIENTS = 4
CUSTOMERS = 2000
GUESSES = 100
#: Another one than the default: the load comes from a few places at once.
READS_PER_MINUTE = 6000


def prepare():
    """Customers with their standing; returns tokens, and one to guess with."""
    with environment() as env:
        quiet = env(context={"tracking_disable": True, "mail_create_nosubscribe": True})
        partners = quiet["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "is_company": True,
                    "email": f"c{n}@example.com",
                }
                for n in range(CUSTOMERS)
            ]
        )
        env["connector.customer.standing"].create(
            [
                {
                    "partner_id": partner.id,
                    "company_id": env.company.id,
                    "account_status": "past_due",
                    "overdue_balance": 100 + number,
                    "overdue_days": number % 90,
                }
                for number, partner in enumerate(partners)
            ]
        )
        released = env["connector.context.field"].search([])
        records = env["connector.context.token"].create(
            [
                {
                    "name": f"Sidebar {n}",
                    "field_ids": released.ids,
                    "reads_per_minute": READS_PER_MINUTE if n else 300,
                }
                for n in range(CLIENTS + 1)
            ]
        )
        guessed, *tokens = [
            record.action_make()["context"]["default_address"].rpartition("/")[2]
            for record in records
        ]
        env.cr.commit()
    return tokens, guessed


def recorded():
    with environment() as env:
        return env["connector.context.read"].search_count([("is_found", "=", True)])


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    tokens, guessed = prepare()
    latencies, statuses = [], collections.Counter()
    with configuration() as config, load("context_load.py") as order:
        install = ("-i", "connector_bench_route")
        database = os.environ["CONNECTORS_DB"]
        with odoo_server(database, configuration=config, arguments=install) as url:
            api = f"{url}/connector/context"
            empty = [f"{url}/connector_bench_route/empty_get?email=c1@example.com"]
            # A part of the list for each client, which so has a token of its own.
            part = CUSTOMERS // CLIENTS
            reads = [
                f"{api}/{tokens[n // part]}?email=c{n}@example.com"
                for n in range(part * CLIENTS)
            ]
            rates = {"empty": [], "reads": []}
            for urls in (empty, reads):
                # Caches and connections, which a server has once for all.
                found = order(urls=urls, seconds=0.5, clients=CLIENTS)
                if urls is reads:
                    statuses.update(found["statuses"])
            for _turn in range(TURNS):
                for name, urls in (("empty", empty), ("reads", reads)):
                    found = order(urls=urls, seconds=seconds, clients=CLIENTS)
                    done = found["statuses"].get("200", 0)
                    rates[name].append(done / found["seconds"])
                    if name == "reads":
                        statuses.update(found["statuses"])
                        latencies += found["latencies"]
            unrecorded = statuses["200"] - recorded()
            guesses = collections.Counter()
            for urls in (
                [f"{api}/wrong-{n}?email=c{n}@example.com" for n in range(GUESSES)],
                [f"{api}/{guessed}?email=guess{n}@example.com" for n in range(GUESSES)],
            ):
                found = order(urls=urls, count=GUESSES, clients=CLIENTS)
                guesses.update(found["statuses"])
    print(
        json.dumps(
            {
                "bench": "context",
                "n": sum(statuses.values()),
                "reads_per_s": round(max(rates["reads"])),
                "empty_route_per_s": round(max(rates["empty"])),
                "ratio": round(max(rates["reads"]) / max(rates["empty"]), 3),
                "p95_ms": round(statistics.quantiles(latencies, n=20)[-1] * 1000, 1),
                "errors": sum(statuses.values()) - statuses["200"],
                "unrecorded": unrecorded,
                "guesses": sum(guesses.values()),
                "guess_hits": guesses["200"],
                "guess_limited": guesses["429"],
            }
        )
    )


if __name__ == "__main__":
    main()
