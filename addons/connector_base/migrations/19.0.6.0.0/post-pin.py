"""Connections are armed for the place in which they work."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    connections = env["connector.connection"].with_context(active_test=False)
    connections.search([("pin_database", "=", False)])._pin()
