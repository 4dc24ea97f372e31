"""./dev bench webhook [n]: acknowledging a delivery against an empty route of Odoo.

A real server without crons on the benchmark's database; a second process loads, in
turn and ``TURNS`` times, an empty route and the webhook with n seconds each (3 when
left out). The empty route has the same authentication and session settings; each
delivery is signed and carries one event that is new. The best turn of each counts:
what else the machine does meanwhile slows any of them by chance.

``p95_ms`` is that of the deliveries of all turns, ``lost`` what was acknowledged and
is not stored. Threads of one process, since that is how ``./dev`` runs Odoo; workers
scale both alike.
"""

import contextlib
import json
import os
import pathlib
import statistics
import sys
import tempfile

from odoo_bench import environment, load
from scenarios.odoo_server import odoo_server

HERE = pathlib.Path(__file__).resolve().parent
ADDONS = HERE / "addons"
SECRET = "client-secret-of-the-benchmark"
SECONDS = 3
TURNS = 3
CLIENTS = 4


def connect():
    """A connection that takes webhooks; returns its token."""
    with environment() as env:
        connection = env["connector.connection"].create(
            {
                "name": "HubSpot",
                "provider": "hubspot",
                "base_url": "http://127.0.0.1:9",
                "state": "connected",
            }
        )
        by_key = {c.key: c for c in connection.credential_ids}
        by_key["webhook_secret"].secret = SECRET
        token = connection.webhook_token
        env.cr.commit()
    return token


def stored():
    with environment() as env:
        return env["connector.event"].search_count([])


@contextlib.contextmanager
def configuration():
    """The benchmark's own, with the folder of the empty route's addon."""
    lines = pathlib.Path(os.environ["ODOO_RC"]).read_text().splitlines()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        for line in lines:
            more = f",{ADDONS}" if line.startswith("addons_path") else ""
            file.write(f"{line}{more}\n")
        file.flush()
        yield file.name


def main():
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    database = os.environ["CONNECTORS_DB"]
    token = connect()
    empty, acks, latencies, acknowledged = [], [], [], 0
    with configuration() as config, load("webhook_load.py") as order:
        install = ("-i", "connector_bench_route")
        with odoo_server(database, configuration=config, arguments=install) as url:
            common = {"clients": CLIENTS, "secret": SECRET}
            targets = (
                (f"{url}/connector_bench_route/empty", empty),
                (f"{url}/connector/webhook/{token}", acks),
            )
            for target, _rates in targets:
                # Caches and connections, which a server has once for all.
                found = order(url=target, seconds=0.5, **common)
                if target.endswith(token):
                    acknowledged += found["acknowledged"]
            for _turn in range(TURNS):
                for target, rates in targets:
                    found = order(url=target, seconds=seconds, **common)
                    if found["failed"]:
                        sys.exit(f"{found['failed']} requests to {target} failed")
                    rates.append(found["acknowledged"] / found["seconds"])
                    if rates is acks:
                        acknowledged += found["acknowledged"]
                        latencies += found["latencies"]
    print(
        json.dumps(
            {
                "bench": "webhook",
                "n": acknowledged,
                "ack_per_s": round(max(acks)),
                "empty_route_per_s": round(max(empty)),
                "ratio": round(max(acks) / max(empty), 3),
                "p95_ms": round(statistics.quantiles(latencies, n=20)[-1] * 1000, 1),
                "lost": acknowledged - stored(),
            }
        )
    )


if __name__ == "__main__":
    main()
