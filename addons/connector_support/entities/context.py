from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.models.bulk_insert import bulk_insert

#: Key under which a run knows what its map tells of customers.
CONTEXT_TABLE = "support_context"
#: What was done with a record that the desk has been told nothing about yet.
NEW = ("create", "link")


class ConnectorEntitySupportContext(models.AbstractModel):
    """What a desk's agents are told of a customer: it goes out, never in.

    The figures are those of the customer's standing with the connection's company.
    """

    _name = "connector.entity.support.context"
    _inherit = "connector.entity.customer"
    _description = "Connector Entity: What Agents See"

    def _entity_fields(self):
        return [
            *super()._entity_fields(),
            *(
                EntityField(name, kind, label, f"support_{name}", readonly=True)
                for name, kind, label in self._context_fields()
            ),
        ]

    def _context_fields(self):
        """What a person's page at the desk says of the customer; extend it.

        :return: list of ``(name, kind, label)``
        """
        _ = self.env._
        return [
            ("account_tier", "char", _("Account Tier")),
            ("account_status", "char", _("Account Status")),
            ("payment_standing", "char", _("Payment Standing")),
            ("service_level", "char", _("Service Level")),
            ("odoo_url", "url", _("Address in Odoo")),
        ]

    def _after_write(self, run, done):
        """Tell the desk of who is new there, and of who belongs to another company.

        The outbox is told nothing of what the desk itself has brought.
        """
        super()._after_write(run, done)
        names = self._outgoing_context(run)
        new = [m for m in done if m.action in NEW or "parent_id" in m.changes]
        if not names or not new:
            return
        changes = self.env["connector.change"]
        ids = sorted({mapped.record_id for mapped in new if mapped.record_id})
        bulk_insert(changes, [changes._written(run.flow, i, names) for i in ids])
        changes._wake([run.flow])
        # Some of it may not be known before the standing is worked out.
        partners = self.env["res.partner"].browse(ids)
        company_id = run.connection.company_id.id
        self.env["connector.standing.mark"].sudo()._mark(
            {(partner.id, company_id) for partner in partners.commercial_partner_id}
        )

    def _outgoing_context(self, run):
        """Odoo fields of what the flow's map tells of customers, or an empty list."""
        if CONTEXT_TABLE not in run.tables:
            lines = run.flow.active_map_id.line_ids._in_force()
            targets = lines.filtered(lambda li: li.direction != "pull").mapped("target")
            told = {field[0] for field in self._context_fields()}
            sends = run.flow.direction != "pull"
            run.tables[CONTEXT_TABLE] = sorted(
                f"support_{name}" for name in told.intersection(targets) if sends
            )
        return run.tables[CONTEXT_TABLE]
