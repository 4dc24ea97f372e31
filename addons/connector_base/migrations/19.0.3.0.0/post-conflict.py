"""Conflicts that are open get their values: their records are read again."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["connector.exception.item"].search(
        [
            ("state", "=", "open"),
            ("exception_id.code", "=", "conflict"),
            ("exception_id.state", "=", "open"),
        ]
    )._retry()
