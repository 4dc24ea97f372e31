"""Install, upgrade or uninstall modules: ``modules.py DB ACTION:NAME,NAME…``.

In a process of its own, since Odoo rebuilds everything that it knows while it does.
"""

import os
import sys

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tools import config


def main(database, *changes):
    config.parse_config(["-c", os.environ["ODOO_RC"], "--log-level=warn"])
    for change in changes:
        action, _colon, names = change.partition(":")
        _change(database, action, names.split(","))


def _change(database, action, names):
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.module.module"].update_list()
        modules = env["ir.module.module"].search([("name", "in", names)])
        getattr(modules, f"button_immediate_{action}")()


if __name__ == "__main__":
    main(*sys.argv[1:])
