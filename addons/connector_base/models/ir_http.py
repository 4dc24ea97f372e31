from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """What a page begins with; says where connections aren't armed, or nothing."""
        info = super().session_info()
        user = self.env.user
        if user._is_internal() and user.has_group("connector_base.group_viewer"):
            banner = self.env["connector.connection"]._copy_banner()
            if banner:
                info["connector_copy_banner"] = banner
        return info
