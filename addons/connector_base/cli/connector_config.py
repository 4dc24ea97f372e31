"""``odoo-bin connector_config``: configuration as files, for reviews and for CI."""

import logging
import pathlib
import sys

from odoo import SUPERUSER_ID, api
from odoo.cli import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

from odoo.addons.connector_base.engine import config_file
from odoo.addons.connector_base.engine.config_diff import GONE


class ConnectorConfig(Command):
    """Export the connectors' configuration, compare it with files, or import them.

    Exit status: 0 where all is as in the files, 1 where something differs or can't be
    taken over, 2 where the files can't be read.
    """

    name = "connector_config"

    def run(self, args):
        options = self.parsed(args)
        # What stood before the command's name found the command; it finds addons, too.
        given = [arg for arg in sys.argv[1:2] if arg.startswith("--addons-path=")]
        if options.config:
            given.append(f"--config={options.config}")
        config.parse_config(given, setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        with Registry(options.database).cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                status = self.execute(env, options)
            except (UserError, ValueError, OSError) as error:
                sys.stderr.write(f"{error}\n")
                sys.exit(2)
            cr.commit()
            sys.exit(status)

    def parsed(self, args):
        """The arguments of the command line."""
        parser = self.parser
        parser.add_argument("action", choices=("export", "diff", "import"))
        parser.add_argument("path", help="a ZIP, or a folder of the files")
        parser.add_argument("-d", "--database", required=True)
        parser.add_argument("-c", "--config", help="path of odoo.conf")
        parser.add_argument("--user", metavar="LOGIN", help="with whose rights")
        parser.add_argument("--company", help="for companies that aren't here by name")
        parser.add_argument(
            "--connection", action="append", help="name of one to export; all without"
        )
        parser.add_argument(
            "--remove",
            action="append",
            default=[],
            metavar="MODEL",
            help="remove records of this model that the files don't have",
        )
        return parser.parse_args(args)

    def execute(self, env, options):
        """Run an action in the transaction of the caller; :return: the exit status"""
        if options.user:
            user = env["res.users"].search([("login", "=", options.user)])
            if not user:
                raise ValueError(f"Nobody has the login {options.user}.")
            env = env(user=user.id, su=False)
        if options.action == "export":
            return self._export(env, options)
        return self._take(env, options, write=options.action == "import")

    def _export(self, env, options):
        domain = [("name", "in", options.connection)] if options.connection else []
        connections = env["connector.connection"].search(domain)
        if not connections:
            raise ValueError("There is no such connection.")
        model = env["connector.config"]
        tree = model._export(connections)
        model._note_export(connections, tree)
        write_tree(pathlib.Path(options.path), tree)
        return 0

    def _take(self, env, options, write):
        company = env["res.company"]
        if options.company:
            company = company.search([("name", "=", options.company)])
            if len(company) != 1:
                raise ValueError(f"There is no company {options.company}.")
        path = pathlib.Path(options.path)
        tree = read_tree(path)
        model = env["connector.config"]
        plan = model._plan(tree, company)
        if plan.problems:
            raise ValueError("\n".join(plan.problems))
        said = self._say(plan.changes, env)
        if not write:
            return 1 if said else 0
        chosen = {
            change.ident
            for change in plan.changes
            if change.ident
            and not change.problem
            and (change.state != GONE or change.kind in options.remove)
        }
        model._apply(plan, chosen, (path.name, config_file.digest(tree)))
        sys.stdout.write(f"{len(chosen)} differences taken over.\n")
        return 1 if any(c.problem for c in plan.changes if c.state != GONE) else 0

    def _say(self, changes, env):
        """Write differences by file; :return: how many there are"""
        path = None
        for change in changes:
            if change.path != path:
                path = change.path
                sys.stdout.write(f"{path}\n")
            sys.stdout.write(f"  {change.line()}\n")
        if not changes:
            sys.stdout.write("No differences.\n")
        return len(changes)


def write_tree(path, tree):
    """Write a ZIP, or a folder in which nothing else of a configuration stays."""
    if path.suffix == ".zip":
        path.write_bytes(config_file.pack(tree))
        return
    for old in _files_of(path):
        old.unlink()
    for name, content in tree.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def read_tree(path):
    """The files of a ZIP or a folder.

    :raises ValueError: where they are no configuration
    """
    if path.is_file():
        if path.stat().st_size > config_file.MOST_PACKED:
            raise ValueError("it is too large")
        return config_file.unpack(path.read_bytes())
    files = list(_files_of(path))
    if len(files) > config_file.MOST_FILES:
        raise ValueError("it has too many files")
    for file in files:
        if file.stat().st_size > config_file.MOST_FILE:
            raise ValueError(f"{file.name} is too large")
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files}


def _files_of(path):
    """The files that are a configuration's, below a folder."""
    if not path.is_dir():
        return
    yield from path.glob(config_file.MANIFEST)
    for folder in (config_file.CONNECTIONS, "rules"):
        yield from sorted((path / folder).rglob("*.json"))
