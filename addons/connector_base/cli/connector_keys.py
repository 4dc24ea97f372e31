"""``odoo-bin connector_keys``: which keys are needed; encrypt anew with the first."""

import logging
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class ConnectorKeys(Command):
    """Say what the connectors' keys are needed for, or encrypt all with the first one.

    Exit status: 0 where all is encrypted with the first key, 1 where something isn't
    yet or can't be read.
    """

    name = "connector_keys"

    def run(self, args):
        parser = self.parser
        parser.add_argument("action", choices=("status", "rotate"))
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument("-c", "--config", help="path of odoo.conf")
        options = parser.parse_args(args)
        # What stood before the command's name found the command; it finds addons, too.
        given = [arg for arg in sys.argv[1:2] if arg.startswith("--addons-path=")]
        if options.config:
            given.append(f"--config={options.config}")
        config.parse_config(given, setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            if options.action == "rotate":
                env["connector.key"]._rotate_now()
                env.cr.commit()
            sys.exit(self._say(env))

    def _say(self, env):
        found = env["connector.key.status"].new(env["connector.key.status"]._look())
        write = sys.stdout.write
        write(f"{found.trouble or found.sentence}\n")
        if found.trouble:
            return 1
        write(f"first key: {found.first_key}\n")
        if found.older_keys:
            write(f"older keys: {found.older_keys}\n")
        for line in found.line_ids:
            write(
                f"{line.kind}: {line.newest_count} with the first key,"
                f" {line.older_count} with an older one,"
                f" {line.unreadable_count} can't be read\n"
            )
        return 0 if found.verdict == "good" else 1
