from odoo import models

#: The bare host of a website, as PostgreSQL finds it: "https://www.x.com/" is "x.com".
#: An address below the first page is another one.
BARE_WEBSITE = "regexp_replace(lower(website), '^(https?://)?(www[.])?|/$', '', 'g')"


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "connector.bound.mixin"]

    #: Matching of companies looks partners up by their website.
    _connector_website_idx = models.Index(
        f"({BARE_WEBSITE}) WHERE website IS NOT NULL AND is_company"
    )
