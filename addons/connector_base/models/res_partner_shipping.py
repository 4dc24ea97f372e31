from odoo import api, fields, models

#: Field of a company -> field of its delivery address that it stands for.
SHIPPING_FIELDS = {
    "connector_shipping_street": "street",
    "connector_shipping_street2": "street2",
    "connector_shipping_city": "city",
    "connector_shipping_zip": "zip",
    "connector_shipping_state_id": "state_id",
    "connector_shipping_country_id": "country_id",
}


class ResPartner(models.Model):
    """Where a company's goods go, as fields of the company itself.

    Vendors keep a second address with each account. In Odoo it is a child of type
    “delivery”, one for each company, made when it is needed and updated in place.
    Empty fields mean that it is the company's own address.
    """

    _inherit = "res.partner"

    connector_shipping_id = fields.Many2one(
        "res.partner",
        string="Delivery Address",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The address that other systems know as the shipping address.",
    )
    connector_shipping_street = fields.Char(
        string="Shipping Street",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )
    connector_shipping_street2 = fields.Char(
        string="Shipping Street 2",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )
    connector_shipping_city = fields.Char(
        string="Shipping City",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )
    connector_shipping_zip = fields.Char(
        string="Shipping Postal Code",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )
    connector_shipping_state_id = fields.Many2one(
        "res.country.state",
        string="Shipping State",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )
    connector_shipping_country_id = fields.Many2one(
        "res.country",
        string="Shipping Country",
        compute="_compute_connector_shipping",
        inverse="_inverse_connector_shipping",
    )

    @api.depends(
        *(f"connector_shipping_id.{name}" for name in ("active", "type")),
        *(f"connector_shipping_id.{name}" for name in SHIPPING_FIELDS.values()),
    )
    def _compute_connector_shipping(self):
        for partner in self:
            address = partner.connector_shipping_id
            if not address.active or address.type != "delivery":
                address = address.browse()
            for name, source in SHIPPING_FIELDS.items():
                partner[name] = address[source]

    def _inverse_connector_shipping(self):
        """Keep the addresses of all these companies, with one creation for all."""
        wanted = {
            partner: {
                source: self._fields[name].convert_to_write(partner[name], partner)
                for name, source in SHIPPING_FIELDS.items()
            }
            for partner in self
        }
        missing = []
        for partner, vals in wanted.items():
            address = partner.connector_shipping_id
            if address and not any(vals.values()):
                # Orders may refer to it.
                address.active = False
            elif address:
                address.write({**vals, "active": True, "type": "delivery"})
            elif any(vals.values()):
                missing.append(
                    {
                        **vals,
                        "parent_id": partner.id,
                        "type": "delivery",
                        "company_id": partner.company_id.id,
                    }
                )
        if missing:
            self.env["res.partner"].create(missing)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._connector_note_shipping(
            [
                partner.id
                for partner, vals in zip(partners, vals_list, strict=True)
                if vals.get("type") == "delivery" and vals.get("parent_id")
            ]
        )
        return partners

    def write(self, vals):
        result = super().write(vals)
        if vals.get("type") == "delivery" or (
            vals.get("parent_id") and any(p.type == "delivery" for p in self)
        ):
            self._connector_note_shipping(self.ids)
        return result

    @api.model
    def _connector_note_shipping(self, ids):
        """The first delivery address of a company is the one that others are told."""
        for address in self.browse(ids):
            company = address.parent_id
            if company.is_company and not company.connector_shipping_id:
                company.connector_shipping_id = address
