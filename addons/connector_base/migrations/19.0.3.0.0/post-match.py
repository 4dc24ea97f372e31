"""Flows that were made before there were match rules get those of their entities."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    flows = env["connector.flow"].with_context(active_test=False).search([])
    env["connector.match.rule"]._ensure_rules(flows)
