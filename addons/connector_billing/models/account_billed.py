from odoo import fields, models


class ConnectorBilledDocument(models.AbstractModel):
    """For accounting documents: the way back to the billing system's record."""

    _name = "connector.billed.document"
    _description = "Document Made of a Billing System's Record"

    has_billing_record = fields.Boolean(
        compute="_compute_has_billing_record", groups="connector_base.group_viewer"
    )

    def _compute_has_billing_record(self):
        found = self._billing_records()
        for document in self:
            document.has_billing_record = document.id in found

    def _billing_records(self):
        """``{id of a document: the record that it was made of}``"""
        found = {}
        for name in self.env.registry.descendants(
            ["connector.billing.mirror"], "_inherit"
        ):
            model = self.env[name]
            if model._abstract:
                continue
            for link in model._document_fields:
                if model._fields[link].comodel_name != self._name:
                    continue
                for mirror in model.search([(link, "in", self.ids)]):
                    found[mirror[link].id] = mirror
        return found

    def action_open_billing_record(self):
        self.ensure_one()
        record = self._billing_records()[self.id]
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "connector.billed.document"]


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "connector.billed.document"]
