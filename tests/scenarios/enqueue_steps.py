"""Hand a lane to queue_job and enqueue steps there.

``enqueue_steps.py DB LANE WORKERS KEYS NUMBERS``: so many workers of the lane, order
keys and steps of each. In a process of its own: the test's has never heard of
queue_job.
"""

import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, lane, workers, keys, numbers):
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=warn"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["connector.lane"].of(lane).write(
            {"runner": "queue_job", "workers": int(workers)}
        )
        env["connector.test.step"]._enqueue_steps(lane, int(keys), int(numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
