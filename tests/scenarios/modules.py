"""Install, upgrade or uninstall modules of a database: ``modules.py DB ACTION NAME…``.

In a process of its own, since Odoo rebuilds everything that it knows while it does.
"""

import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, action, *names):
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=warn"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.module.module"].update_list()
        modules = env["ir.module.module"].search([("name", "in", names)])
        getattr(modules, f"button_immediate_{action}")()


if __name__ == "__main__":
    main(*sys.argv[1:])
