"""Run Odoo with the project's own configuration, data and environment."""

import os
from pathlib import Path

from . import paths
from .processes import free_port

# The longest folder for temporary files below which Chromium can make a socket.
LONGEST_TMP = 60
# Of the caller's environment, what speaks of another Odoo, database or home folder.
OTHERS = ("PG", "ODOO_", "OPENERP_", "PYTHON", "XDG_")


class Odoo:
    """An Odoo source together with the PostgreSQL server it works on."""

    def __init__(self, source, access):
        self.source = source
        self.access = access

    def configuration(self, name, **settings):
        """Write ``.dev/run/<name>.conf``; returns its path."""
        values = {
            "addons_path": ",".join([*self.source.addons, str(paths.ADDONS)]),
            # The simulated vendors are on this machine.
            "connector_private_networks": "127.0.0.0/8, ::1",
            # Ports change from run to run: the place stays the same.
            "connector_host": "this-project.test",
            "data_dir": paths.DATA,
            "db_host": self.access.host or False,
            "db_port": self.access.port or False,
            "db_user": self.access.user or False,
            "db_password": self.access.password or False,
            "http_interface": "127.0.0.1",
            "http_port": free_port(8069),
            "list_db": False,
            "proxy_mode": False,
            "workers": 0,
            "max_cron_threads": 2,
            "screenshots": paths.LOG / "screenshots",
            **settings,
        }
        path = paths.RUN / f"{name}.conf"
        lines = [f"{key} = {value}" for key, value in values.items()]
        paths.ADDONS.mkdir(exist_ok=True)  # Odoo wants the folders it is told of
        paths.private_folder(paths.RUN)
        paths.write_private(path, "[options]\n" + "\n".join(lines) + "\n")
        return path

    def command(self, *arguments):
        """``odoo-bin`` with these arguments."""
        return [str(paths.PYTHON), "-m", "odoo", *map(str, arguments)]

    def environment(self, configuration, **more):
        """The environment for Odoo, without the caller's own Odoo and database."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OTHERS)}
        for folder in (paths.HOME, paths.TMP, paths.DATA):
            folder.mkdir(parents=True, exist_ok=True)
        kept["ODOO_RC"] = str(configuration)
        # Odoo and the browser write into the home folder: not into the user's.
        kept["HOME"] = str(paths.HOME)
        kept["PYTHONNOUSERSITE"] = "1"
        if len(str(paths.TMP)) <= LONGEST_TMP:
            kept["TMPDIR"] = str(paths.TMP)
        if not self.access.own:
            default = Path.home() / ".pgpass"
            kept["PGPASSFILE"] = os.environ.get("PGPASSFILE", str(default))
        if paths.ODOO not in Path(self.source.python_path).parents:
            # That folder is somebody else's: its compiled files go elsewhere.
            kept["PYTHONPYCACHEPREFIX"] = str(paths.STATE / "pycache")
        return {**kept, **more}
