from odoo import api, models

from ..engine import place


class ConnectorConnection(models.Model):
    """What stands on every page while connections are not armed here."""

    _inherit = "connector.connection"

    @api.model
    def _copy_banner(self):
        """What people who use connectors are told; ``None`` where all is well.

        :return: dict of ``text``, ``button`` and ``action``, the last two for who may
            decide
        """
        elsewhere = self._pinned_elsewhere()
        if elsewhere:
            text, button = self._elsewhere_banner(elsewhere)
        elif self._is_neutralized_and_still():
            text = self.env._(
                "A neutralized copy: connectors call nobody until they are let run."
            )
            button = self.env._("Let Them Run with Sandboxes…")
        else:
            return None
        banner = {"text": text}
        if self.env.user.has_group("connector_base.group_administrator"):
            action = "connector_base.connector_rearm_action"
            banner.update(button=button, action=action)
        return banner

    def _elsewhere_banner(self, elsewhere):
        here = self.env["connector.place"]._here()
        connection = elsewhere[0]
        if all(c._differing() == (place.HOST,) for c in elsewhere):
            text = self.env._(
                "Connectors stand still: this Odoo was known as %(before)s and is"
                " reached as %(host)s now. Work waits, nothing is lost.",
                before=" / ".join((connection.pin_hosts or "").split()),
                host=here.host,
            )
            return text, self.env._("This Is the Same Odoo…")
        text = self.env._(
            "Connectors call nobody: they were armed for %(armed)s. This is %(host)s,"
            " database %(database)s.",
            armed=connection._pin_text(),
            host=here.host,
            database=here.database,
        )
        return text, self.env._("A Copy, or Moved?")

    @api.model
    def _is_neutralized_and_still(self):
        if not self.env["connector.place"]._is_neutralized():
            return False
        scheduler = self.env.ref("connector_base.cron_schedule", False)
        return bool(
            scheduler
            and not scheduler.sudo().active
            and self.sudo().with_context(active_test=False).search_count([], limit=1)
        )
