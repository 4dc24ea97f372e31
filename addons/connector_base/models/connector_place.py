"""Where this database is; see ``engine.place``."""

import os
import time

import psycopg2

from odoo import models, tools
from odoo.tools import SQL

from ..engine.place import Place, host_of

#: Name of the place where this server is: of the environment, else of ``odoo.conf``.
#: Not of the database: a copy would bring it along.
HOST_VARIABLE = "ODOO_CONNECTOR_HOST"
HOST_OPTION = "connector_host"
#: Where Odoo knows no address of its own.
NO_HOST = "localhost"
#: Seconds for which a process takes PostgreSQL's server for the one that it was.
SERVER_SECONDS = 60
QUESTION = "SELECT system_identifier::text FROM pg_control_system()"

_servers = {}


class ConnectorPlace(models.AbstractModel):
    """Where this database is.

    Names of machines are no part of it: containers get other ones, and a database may
    be served by several.
    """

    _name = "connector.place"
    _description = "Connector Place"

    def _here(self):
        """:return: ``engine.place.Place``; costs a query a minute"""
        parameters = self.env["ir.config_parameter"].sudo()
        configured = os.environ.get(HOST_VARIABLE) or tools.config.get(HOST_OPTION)
        address = configured or parameters.get_param("web.base.url")
        return Place(
            uuid=parameters.get_param("database.uuid") or "",
            server=self._server(),
            database=self.env.cr.dbname,
            host=host_of(address) or NO_HOST,
        )

    def _server(self):
        """``system_identifier`` of the PostgreSQL server, or ``None``."""
        name, now = self.env.cr.dbname, time.monotonic()
        known = _servers.get(name)
        if known is None or known[0] < now:
            known = _servers[name] = (now + SERVER_SECONDS, self._ask_server())
        return known[1]

    def _ask_server(self):
        """Some managed servers don't have the function, or let nobody call it."""
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL(QUESTION), log_exceptions=False)
                return self.env.cr.fetchone()[0]
        except psycopg2.Error:
            return None

    def _is_neutralized(self):
        parameters = self.env["ir.config_parameter"].sudo()
        return bool(parameters.get_param("database.is_neutralized"))
