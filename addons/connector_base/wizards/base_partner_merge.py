from odoo import api, models


class PartnerMerge(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_reference_fields_generic(
        self, referenced_model, src_records, dst_record, additional_update_records=None
    ):
        self.env["connector.binding"]._move_records(
            referenced_model, src_records.ids, dst_record.id
        )
        return super()._update_reference_fields_generic(
            referenced_model,
            src_records,
            dst_record,
            additional_update_records=additional_update_records,
        )
