import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.connector_base.service_user import is_engine

KIND = "closed_won"
#: Key under which a cursor keeps which deals were won or reopened until it commits.
NOTES = "connector_crm.handoff"
#: Fields that say what a deal is worth.
AMOUNTS = frozenset({"expected_revenue", "deal_amount", "deal_currency_id"})
_logger = logging.getLogger(__name__)


class CrmLead(models.Model):
    """A deal that is won is handed over; in the transaction that wins it.

    Seen where the ORM flushes ``won_status``: whoever won it, a person or a sync, one
    deal or a thousand. Before the commit one query finds those that a policy hands
    over, and their processes begin with it or not at all.
    """

    _inherit = "crm.lead"

    handoff_ids = fields.One2many(
        "connector.process",
        "res_id",
        domain=[("res_model", "=", "crm.lead")],
        groups="connector_base.group_viewer",
    )
    handoff_count = fields.Integer(
        compute="_compute_handoff_count", groups="connector_base.group_viewer"
    )

    @api.depends("handoff_ids")
    def _compute_handoff_count(self):
        counts = dict(
            self.env["connector.process"]._read_group(
                [("res_model", "=", self._name), ("res_id", "in", self.ids)],
                ["res_id"],
                ["__count"],
            )
        )
        for lead in self:
            lead.handoff_count = counts.get(lead.id, 0)

    def action_open_handoff(self):
        self.ensure_one()
        return self.handoff_ids._open()

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._note_handoff("created")
        return leads

    def _write_multi(self, vals_list):
        if any("won_status" in vals for vals in vals_list):
            self._note_handoff("turned")
        elif any(not AMOUNTS.isdisjoint(vals) for vals in vals_list):
            self._note_handoff("changed")
        return super()._write_multi(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_handed_over(self):
        """What has become an order is told of, before the deal is gone."""
        self._live_handoffs(self.ids)._tell_reopened()

    def _note_handoff(self, what):
        """Note what happened to these deals, and who did it.

        :param what: ``created``, ``turned`` won or open or lost, or ``changed``
        """
        if not self:
            return
        by_sync = is_engine(self.env)
        self._handoff_notes()[what].update(
            dict.fromkeys(self._ids, None if by_sync else self.env.uid)
        )

    def _handoff_notes(self):
        """What was noted in this transaction; looked at before its commit.

        :return: ``{what happened: {id: who did it}}``; ``lines`` are ids of deal lines
        """
        data = self.env.cr.precommit.data
        if NOTES not in data:
            data[NOTES] = {"created": {}, "turned": {}, "changed": {}, "lines": {}}
            self.env.cr.precommit.add(self._hand_over_noted)
        return data[NOTES]

    def _hand_over_noted(self):
        noted = self.env.cr.precommit.data.pop(NOTES, None)
        if not noted:
            return
        created = noted["created"]
        turned = {i: uid for i, uid in noted["turned"].items() if i not in created}
        model = self.sudo().with_context(active_test=False)
        model._hand_over(created, turned)
        changed = {*noted["changed"], *model._deals_of_lines(list(noted["lines"]))}
        # What is new was handed over by nobody yet.
        model._look_at_handed_over([*{*turned, *changed}.difference(created)])
        # This runs after Odoo's own flush.
        self.env.flush_all()

    def _deals_of_lines(self, line_ids):
        """:return: ids of the deals that have these lines"""
        lines = self.env["connector.deal.line"]
        if not line_ids:
            return []
        return lines.search_fetch([("id", "in", line_ids)], ["lead_id"]).lead_id.ids

    # -- begin ----------------------------------------------------------------

    @api.model
    def _hand_over(self, created, turned):
        """Begin the handoff of those deals that are won and that a policy wants.

        :param created: ``{id: who did it}`` of deals that are new; those that were won
            long ago, as a first load brings them, are left out
        :param turned: ``{id: who did it}`` of those that were not won before
        """
        rows = self._wanted_handoffs(list(created), list(turned))
        user_ids = {**created, **turned}
        leads = {lead.id: lead for lead in self.browse([row[0] for row in rows])}
        users, companies = self.env["res.users"], self.env["res.company"]
        flows = self.env["connector.flow"]
        begun = self.env["connector.process"].start(
            KIND,
            [
                {
                    "key": str(lead_id),
                    "record": leads[lead_id],
                    "company": companies.browse(company_id),
                    "flow": flows.browse(flow_id or []),
                    "connection": self.env["connector.connection"].browse(
                        connection_id or []
                    ),
                    "requested_by": users.browse(
                        user_ids.get(lead_id) or leads[lead_id].user_id.id or []
                    ),
                    "user": users.browse(responsible_id or []),
                }
                for lead_id, company_id, connection_id, flow_id, responsible_id in rows
            ],
        )
        if begun:
            _logger.info("%s deals are handed over", len(begun))

    def _wanted_handoffs(self, created_ids, turned_ids):
        """Won deals with the policy that holds for them, in one query.

        A deal of a connection is for that connection's policy; one of several
        connections for the first that has one.

        :return: list of ``(lead, company, connection, flow, responsible)`` ids
        """
        if not created_ids and not turned_ids:
            return []
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (l.id)
                       l.id, p.company_id, p.connection_id, b.flow_id, p.user_id
                  FROM crm_lead l
                  LEFT JOIN connector_binding b
                         ON b.res_model = 'crm.lead' AND b.res_id = l.id
                        AND b.entity = 'opportunity'
                  JOIN connector_handoff_policy p
                    ON p.active
                   AND p.connection_id IS NOT DISTINCT FROM b.connection_id
                   AND p.company_id = COALESCE(l.company_id, p.company_id)
                 WHERE (l.id = ANY(%(turned)s)
                        OR l.id = ANY(%(created)s)
                       AND COALESCE(l.date_deadline, l.date_closed::date,
                                    l.create_date::date) >= p.since)
                   AND l.type = 'opportunity' AND l.won_status = 'won'
                   AND NOT EXISTS (
                        SELECT FROM connector_process x
                         WHERE x.kind = %(kind)s AND x.res_model = 'crm.lead'
                           AND x.res_id = l.id
                           AND x.state NOT IN ('compensated', 'cancelled'))
                 ORDER BY l.id, b.id, p.id
                """,
                turned=turned_ids,
                created=created_ids,
                kind=KIND,
            )
        )

    # -- reopened -------------------------------------------------------------

    def _live_handoffs(self, ids):
        return (
            self.env["connector.process"]
            .sudo()
            .search(
                [
                    ("kind", "=", KIND),
                    ("res_model", "=", self._name),
                    ("res_id", "in", ids),
                    ("state", "not in", ("compensated", "cancelled")),
                ]
            )
        )

    @api.model
    def _look_at_handed_over(self, ids):
        """Tell of deals that were handed over and are not won any more, or changed."""
        # Of those that are deleted it was told before they were.
        leads = self.browse(ids).exists()
        live = self._live_handoffs(leads.ids) if leads else None
        if not live:
            return
        won = set(leads.filtered(lambda lead: lead.won_status == "won").ids)
        reopened = live.filtered(lambda process: process.res_id not in won)
        reopened._tell_reopened()
        (live - reopened)._won_again()
        (live - reopened).filtered(lambda p: p.state == "done")._tell_changed()
