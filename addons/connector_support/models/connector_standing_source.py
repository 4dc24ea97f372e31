from odoo import models
from odoo.tools import SQL

from odoo.addons.connector_standing.models import connector_standing_source as known


class SaleOrder(models.Model):
    _inherit = "sale.order"

    _standing_watched = known.SaleOrder._standing_watched | {"amount_total"}


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "connector.standing.source"]

    _standing_watched = frozenset({"qty_delivered", "qty_invoiced", "product_id"})
    _standing_customer = "order_partner_id"
    _standing_matters = SQL("r.state = 'sale'")


class ConnectorEntitlement(models.Model):
    _name = "connector.entitlement"
    _inherit = ["connector.entitlement", "connector.standing.source"]

    _standing_watched = frozenset(
        {"state", "product_id", "name", "feature", "quantity", "partner_id"}
    )


class ResPartner(models.Model):
    """Who looks after a customer and which level it was given: noted as it is flushed.

    A partner is a customer of the companies that have a desk or service levels, and of
    those with which it stands in some way already.
    """

    _name = "res.partner"
    _inherit = ["res.partner", "connector.standing.source"]

    _standing_watched = frozenset({"user_id", "support_level_id", "support_tier"})

    def _standing_keys(self, ids):
        return SQL(
            """
            SELECT r.id, c.company_id
              FROM res_partner r
              JOIN LATERAL (
                    SELECT company_id FROM connector_support_policy
                     UNION SELECT company_id FROM connector_service_level
                     UNION SELECT s.company_id FROM connector_customer_standing s
                            WHERE s.partner_id = r.id
                   ) AS c ON r.company_id IS NULL OR r.company_id = c.company_id
             WHERE r.id = ANY(%s) AND r.id = r.commercial_partner_id
               AND c.company_id IS NOT NULL
               AND (r.user_id IS NOT NULL OR r.support_level_id IS NOT NULL
                    OR r.support_tier IS NOT NULL
                    OR EXISTS (SELECT FROM connector_customer_standing s
                                WHERE s.partner_id = r.id))
            """,
            sorted(ids),
        )
