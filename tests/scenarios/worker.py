"""A worker process: runs the lanes of one database as Odoo's cron would."""

import os
import sys
import time

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config

LANES = ("realtime", "finance", "default", "bulk")
#: Gives up after so long, whatever is left: a test must end.
LONGEST_SECONDS = 120


def main(database):
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=warn"])
    registry = Registry(database)
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        with registry.cursor() as cr:
            jobs = api.Environment(cr, SUPERUSER_ID, {})["connector.job"]
            for lane in LANES:
                jobs._cron_run_lane(lane)
            left = jobs.search_count([("state", "in", ("pending", "started"))])
        if not left:
            return 0
        time.sleep(0.2)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
