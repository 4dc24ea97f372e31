from odoo import models
from odoo.tools.sql import create_index

from .partner_sql import (
    ADDRESS_WORDS,
    BARE_TAX,
    BARE_WEBSITE,
    BARE_ZIP,
    MAIL_DOMAIN,
    PHONE_INDEX,
    SEVERAL_ADDRESSES,
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "connector.bound.mixin"]

    #: Matching looks partners up by these.
    _connector_website_idx = models.Index(
        f"({BARE_WEBSITE}) WHERE website IS NOT NULL AND is_company"
    )
    _connector_tax_idx = models.Index(f"({BARE_TAX}) WHERE vat IS NOT NULL")
    _connector_zip_idx = models.Index(f"({BARE_ZIP}) WHERE zip IS NOT NULL")
    _connector_email_idx = models.Index(
        "(email_normalized) WHERE email_normalized IS NOT NULL"
    )
    _connector_mail_domain_idx = models.Index(
        f"({MAIL_DOMAIN}) WHERE email_normalized IS NOT NULL AND is_company"
    )
    _connector_addresses_idx = models.Index(
        f"USING gin (({ADDRESS_WORDS})) WHERE {SEVERAL_ADDRESSES}"
    )

    def init(self):
        super().init()
        if "phone_sanitized" in self._fields:
            create_index(
                self.env.cr,
                PHONE_INDEX,
                self._table,
                ["phone_sanitized"],
                where="phone_sanitized IS NOT NULL",
            )
