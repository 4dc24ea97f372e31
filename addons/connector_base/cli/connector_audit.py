"""``odoo-bin connector_audit``: check the seals, export the audit, show the key."""

import logging
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.modules.registry import Registry
from odoo.tools import config


class ConnectorAudit(Command):
    """Check the seals of the connectors' log and audit, or export them signed.

    Exit status of a check: 0 where all is good, 1 where something was altered.
    """

    name = "connector_audit"

    def run(self, args):
        parser = self.parser
        parser.add_argument("action", choices=("check", "export", "key"))
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument("-c", "--config", help="path of odoo.conf")
        parser.add_argument("--table", choices=("audit", "log", "both"), default="both")
        parser.add_argument("-o", "--output", help="file; standard output without it")
        options = parser.parse_args(args)
        # What stood before the command's name found the command; it finds addons, too.
        given = [arg for arg in sys.argv[1:2] if arg.startswith("--addons-path=")]
        if options.config:
            given.append(f"--config={options.config}")
        config.parse_config(given, setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            sys.exit(getattr(self, f"_{options.action}")(env, options))

    def _check(self, env, options):
        status = 0
        chains = env["connector.seal.chain"]
        for name in chains._sealed_models():
            chain = chains._of(env[name])
            check = chain.check()
            env.cr.commit()
            if check.state == "good":
                said = f"good: {check.row_count} rows in {check.seal_count} seals"
            else:
                said, status = f"NOT GOOD: {check.finding}", 1
            sys.stdout.write(f"{chain.display_name}: {said}\n")
        return status

    def _export(self, env, options):
        export = env["connector.audit.export"].create({"table": options.table})
        export._note_export()
        env.cr.commit()
        if options.output:
            with open(options.output, "wb") as file:
                file.writelines(export._lines())
        else:
            sys.stdout.buffer.writelines(export._lines())
        return 0

    def _key(self, env, options):
        key, _private = env["connector.signing.key"]._current()
        env.cr.commit()
        sys.stdout.write(f"{key.public_key}\n")
        return 0
