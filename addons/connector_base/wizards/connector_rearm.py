from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries

from ..engine import place


class ConnectorRearm(models.TransientModel):
    """Say what this place is, where connections were armed in another one.

    Either the original has moved: it goes on here with all that it has. Or this is a
    copy: it forgets whatever the original could be acted for with.
    """

    _name = "connector.rearm"
    _description = "Arm Connections"

    connection_ids = fields.Many2many(
        "connector.connection", string="Connections", compute="_compute_place"
    )
    here = fields.Char(string="This Is", compute="_compute_place")
    only_host = fields.Boolean(compute="_compute_place")
    is_neutralized = fields.Boolean(compute="_compute_place")
    needs_name = fields.Boolean(compute="_compute_place")
    choice = fields.Selection(
        [
            ("original", "The original: it was moved, or is reached by another name"),
            ("copy", "A copy: the original goes on in its own place"),
        ],
        string="What It Is",
    )
    reason = fields.Char()
    database = fields.Char(
        string="Name of This Database",
        help="A production connection will call its vendor from here: type the name of"
        " the database, so that nobody does this to the wrong one.",
    )

    @api.depends("choice")
    def _compute_place(self):
        here = self.env["connector.place"]._here()
        connections = self.env["connector.connection"]._pinned_elsewhere()
        only_host = all(c._differing() == (place.HOST,) for c in connections)
        mine = connections.with_user(self.env.user)._filtered_access("read")
        for wizard in self:
            wizard.connection_ids = mine
            wizard.here = self.env._(
                "%(host)s, database %(database)s",
                host=here.host,
                database=here.database,
            )
            wizard.only_host = bool(connections) and only_host
            wizard.is_neutralized = self.env["connector.place"]._is_neutralized()
            wizard.needs_name = (
                wizard.choice == "original"
                and not only_host
                and "production" in connections.mapped("environment")
            )

    @api.depends("is_neutralized")
    def _compute_display_name(self):
        self.display_name = self.env._("Arm Connections")

    def action_rearm(self):
        """Do what was chosen, for all connections; audited with the reason."""
        self.ensure_one()
        self.check_access("write")
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why: it stands in the audit."))
        connections = self._all_connections()
        if not connections:
            self._wake_neutralized()
        elif self.choice == "original":
            self._arm(connections)
        elif self.choice == "copy":
            self._forget(connections)
        else:
            raise UserError(self.env._("Say whether this is the original or a copy."))
        return {"type": "ir.actions.client", "tag": "reload"}

    def _all_connections(self):
        """Those that are armed elsewhere, whichever company's they are.

        :raises AccessError: where some are of companies that the user doesn't work for
        """
        connections = self.env["connector.connection"]._pinned_elsewhere()
        if connections.company_id - self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "Some connections are of companies that you don't work for."
                    " Whether the database is a copy concerns them all: ask an"
                    " administrator of all companies."
                )
            )
        return connections

    def _arm(self, connections):
        here = self.env["connector.place"]._here()
        if self.needs_name and (self.database or "").strip() != here.database:
            raise UserError(
                self.env._(
                    "Type the name of this database, %s: its production connections"
                    " will call their vendors from here.",
                    here.database,
                )
            )
        before = {connection.id: connection._pin_text() for connection in connections}
        for connection in connections:
            if connection._differing() == (place.HOST,):
                connection._add_host()
            else:
                connection.with_user(self.env.user)._pin()
        changes = {
            connection.id: {
                "armed_for": [before[connection.id], connection._pin_text()]
            }
            for connection in connections
        }
        self.env["connector.audit"]._note(connections, "rearm", changes, self.reason)
        self.env["connector.job"]._wake_lanes()

    def _forget(self, connections):
        """What ``odoo-bin neutralize`` does, of this suite's addons only."""
        changes = {c.id: {"armed_for": [c._pin_text(), None]} for c in connections}
        self.env["connector.audit"]._note(connections, "disarm", changes, self.reason)
        # Written while the connections are still what they were.
        self.env["connector.audit"].sudo()._write_notes()
        self.env.flush_all()
        for query in get_neutralization_queries(self._suite()):
            self.env.cr.execute(query)  # pylint: disable=sql-injection
        self.env.invalidate_all(flush=False)
        self.env.registry.clear_cache()

    def _suite(self):
        """Names of the installed addons that are built on this one."""
        base = self.env["ir.module.module"].sudo()._get("connector_base")
        return (base | base.downstream_dependencies()).mapped("name")

    def _wake_neutralized(self):
        """Let the engine run in a neutralized copy: all that it has are sandboxes."""
        if not self.env["connector.place"]._is_neutralized():
            return
        crons = self.env.ref("connector_base.cron_schedule").sudo()
        crons.active = True
        lanes = self.env["connector.lane"].sudo().search([("code", "!=", False)])
        lanes._sync_crons()
        self.env["connector.audit"]._note(lanes, "rearm", note=self.reason)
