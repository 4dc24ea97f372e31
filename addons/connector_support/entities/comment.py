from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem

from ..models.connector_ticket_comment import OPEN_STATES


class ConnectorEntitySupportComment(models.AbstractModel):
    """A comment on its way into a ticket at the desk: it goes out, never in.

    The status of the ticket goes with it, and in no other way: what the desk tells of
    a status is never sent back.
    """

    _name = "connector.entity.support.comment"
    _inherit = "connector.entity"
    _description = "Connector Entity: Comment at the Desk"

    _entity_model = "connector.ticket.comment"
    _entity_domain = "support"

    def _entity_fields(self):
        _ = self.env._

        def outgoing(*args, **options):
            return EntityField(*args, readonly=True, **options)

        return [
            *super()._entity_fields(),
            outgoing(
                "ticket",
                "reference",
                _("Ticket"),
                "ticket_id",
                reference="support.ticket",
            ),
            outgoing("body", "text", _("Comment"), "body", pii=True),
            outgoing("is_internal", "boolean", _("Internal"), "is_internal"),
            outgoing("status", "choice", _("Sets Status"), "status"),
            outgoing("key", "char", _("Reference"), "key"),
        ]

    def _eligible_domain(self):
        """What was sent or cancelled is never touched again."""
        return super()._eligible_domain() & Domain("state", "in", OPEN_STATES)

    def _to_odoo(self, run, batch):
        """Comments are written in Odoo: what a vendor tells of them is held."""
        super()._to_odoo(run, batch)
        for mapped in batch:
            if not mapped.record_id:
                mapped.problems.append(Problem("validation", "create_not_allowed"))

    # -- in order -------------------------------------------------------------

    def _take_turns(self, run, live):
        """Those that may go now: of each ticket the first one.

        The next of a ticket goes in the next round, or waits as long as an earlier one
        is held.

        :param live: list of ``connector_mapper_outgoing.Outgoing`` that would go
        """
        comments = self.env[self._entity_model]
        ids = {out.res_id for out in live}
        behind = comments._behind(run.flow, ids) if ids else {}
        ready = [out for out in live if out.res_id not in behind]
        stuck = [
            out
            for out in live
            if out.res_id in behind and behind[out.res_id].isdisjoint(ids)
        ]
        self.env["connector.push"]._hold_changes(stuck)
        run.stats["waiting"] += len(stuck)
        return ready

    def _after_push(self, run, done):
        """Note which comments the desk has, and let the next ones of their tickets go.

        :param done: list of ``(Outgoing, records.RowResult)``
        """
        comments = self._origin_of(run, [out for out, _result in done])
        comments.write({"state": "sent", "sent_at": fields.Datetime.now()})
        comments._release(comments.ticket_id)

    def _after_hold(self, run, batch):
        self._origin_of(run, batch).write({"state": "failed"})

    def _origin_of(self, run, batch):
        comments = self.env[self._entity_model].browse([out.res_id for out in batch])
        return comments._of_origin(run.connection)
