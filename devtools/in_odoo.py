"""Run a piece of the demo inside Odoo: ``python -m devtools.in_odoo PIECE``.

Runs in .venv, with the configuration in ODOO_RC and the database in
CONNECTORS_DB, beside the server. Says what it found as lines of JSON.
"""

import json
import os
import sys
import time
from contextlib import contextmanager

from .demo_connect import connect, new_secret, subscribe
from .demo_status import status
from .demo_support import settle

# Between two looks at the sync; each is a transaction of its own.
SECONDS_BETWEEN_LOOKS = 1
# A page may be done and the next not yet asked for when nothing is pending once.
QUIET_LOOKS = 2


def main(piece):
    registry = _registry()
    if piece == "connect":
        _connect(registry)
    elif piece == "watch":
        _watch(registry)
    elif piece == "settle":
        _settle(registry)
    else:
        sys.exit(f"There is no piece {piece!r}.")


def _connect(registry):
    from odoo.service.model import retrying

    vendors, secret = json.loads(os.environ["CONNECTORS_VENDORS"]), new_secret()
    with _environment(registry) as env:
        # The server's own scheduler may be at work on the same rows. Commits.
        tokens = retrying(lambda: connect(env, vendors, secret), env)
    # Not before: a delivery must find its connection.
    subscribe(vendors, tokens, os.environ["CONNECTORS_ODOO"], secret)


def _settle(registry):
    from odoo.service.model import retrying

    with _environment(registry) as env:
        retrying(lambda: settle(env), env)


def _registry():
    from odoo.modules.registry import Registry
    from odoo.tools import config

    config.parse_config([], setup_logging=True)
    return Registry(os.environ["CONNECTORS_DB"])


@contextmanager
def _environment(registry):
    from odoo import SUPERUSER_ID, api

    with registry.cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def _watch(registry):
    """Print the status now and then until no job is pending."""
    quiet = 0
    while quiet < QUIET_LOOKS:
        with _environment(registry) as env:
            found = status(env)
        print(json.dumps(found), flush=True)
        quiet = 0 if found["pending_jobs"] else quiet + 1
        time.sleep(SECONDS_BETWEEN_LOOKS)


if __name__ == "__main__":
    main(sys.argv[1])
