"""Causes know what they count; until now it was counted whenever somebody looked."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    # Found by the unique constraint that begins with it.
    cr.execute("DROP INDEX IF EXISTS connector_exception_item__exception_id_index")
    cr.execute("DROP INDEX IF EXISTS connector_exception__state_index")
    cr.execute("DROP INDEX IF EXISTS connector_exception__sla_deadline_index")
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["connector.exception"]._recount(SQL("TRUE"))
    for flow in env["connector.flow"].with_context(active_test=False).search([]):
        entity = env.get(f"connector.entity.{flow.entity}")
        if entity is not None and entity._entity_domain != "general":
            env["connector.exception"].search([("flow_id", "=", flow.id)]).write(
                {"domain": entity._entity_domain}
            )
