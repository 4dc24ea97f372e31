from odoo import api, fields, models
from odoo.tools import SQL

from .connector_ticket_comment import CLOSED_STATUSES

STATES = [("open", "Open"), ("done", "Done"), ("cancelled", "Called Off")]


class ConnectorSupportWork(models.Model):
    """What a rule has opened in Odoo for a ticket, and what came of it: once for each.

    A process that dies has opened it with all that belongs to it, or nothing: the row,
    the record, and the comment at the desk are one transaction.
    """

    _name = "connector.support.work"
    _description = "Work for a Ticket"
    _inherit = ["connector.guard", "connector.record.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(string="What", readonly=True)
    ticket_id = fields.Many2one(
        "connector.ticket", required=True, readonly=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "connector.support.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record ID", model_field="res_model", readonly=True
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one("res.users", string="Responsible", readonly=True)
    state = fields.Selection(
        STATES, required=True, readonly=True, default="open", index=True
    )
    outcome = fields.Text(readonly=True)
    opened_at = fields.Datetime(
        string="Opened", readonly=True, default=fields.Datetime.now
    )
    closed_at = fields.Datetime(string="Closed", readonly=True)
    note = fields.Char(string="Remark", readonly=True)

    _ticket_rule_uniq = models.UniqueIndex(
        "(ticket_id, rule_id)", "A ticket sets a rule off once."
    )
    _record_idx = models.Index("(res_model, res_id)")

    # -- open -----------------------------------------------------------------

    @api.model
    def _open(self, rule, tickets):
        """Open what a rule says for tickets; those that it has acted on are left out.

        :return: the works that were opened now
        """
        if not tickets:
            return self
        now = fields.Datetime.now()
        base = (rule.id, rule.company_id.id, "open", now)
        by = (self.env.uid, now, self.env.uid, now)
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO connector_support_work (
                    ticket_id, rule_id, company_id, state, opened_at,
                    create_uid, create_date, write_uid, write_date)
                VALUES %s ON CONFLICT (ticket_id, rule_id) DO NOTHING RETURNING id
                """,
                SQL(", ").join(SQL("%s", (i, *base, *by)) for i in tickets.ids),
            )
        )
        works = self.browse([row[0] for row in rows]).with_company(rule.company_id)
        works.ticket_id.invalidate_recordset(["work_ids"], flush=False)
        if works:
            getattr(works, f"_open_{rule.action}")(rule)
            works._tell(rule.comment_open, rule.status_open, "opened")
        return works

    def _open_none(self, rule):
        """Nothing but the comment: it is over at once."""
        self.write({"state": "done", "closed_at": fields.Datetime.now()})

    def _open_activity(self, rule):
        self._schedule(rule, {work: work.ticket_id for work in self})

    def _open_credit(self, rule):
        """For finance: on the invoice of the ticket's order, or the customer's last."""
        self._schedule(rule, self._invoices())

    def _open_return(self, rule):
        """On what was delivered of the ticket's order, or on the order."""
        self._schedule(rule, {work: work._delivered() for work in self})

    def _schedule(self, rule, records):
        """One activity for each work, made together.

        :param records: ``{work: the record that it is about}``, empty for the ticket
        """
        records = {work: records[work] or work.ticket_id for work in self}
        kind = rule.activity_type_id or self.env.ref("mail.mail_activity_data_todo")
        due = fields.Date.add(fields.Date.context_today(self), days=rule.days)
        model_ids = {
            name: self.env["ir.model"]._get_id(name)
            for name in {record._name for record in records.values()}
        }
        vals_list = [
            {
                "res_model_id": model_ids[records[work]._name],
                "res_id": records[work].id,
                "activity_type_id": kind.id,
                "summary": rule._fill(rule.summary or rule.name, work._words())[:200],
                "user_id": rule.user_id.id,
                "date_deadline": due,
            }
            for work in self
        ]
        # The assigned see it among their activities; nobody gets a mail for each. With
        # all rights: it stands on whatever the ticket is about, the ticket among them,
        # which nobody may write, and changes nothing of that.
        activities = (
            self.env["mail.activity"]
            .with_context(mail_activity_quick_update=True)
            .create(vals_list)
        )
        for work, activity in zip(self, activities, strict=True):
            work.write(
                {
                    "res_model": records[work]._name,
                    "res_id": records[work].id,
                    "activity_id": activity.id,
                    "name": activity.summary,
                    "user_id": activity.user_id.id,
                }
            )

    def _invoices(self):
        """``{work: the invoice that it is about, else the customer, else nothing}``"""
        moves = self.env["account.move"]
        tickets = self.ticket_id
        last = {
            partner: move_id
            for partner, move_id in moves._read_group(
                [
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("company_id", "in", self.company_id.ids),
                    (
                        "commercial_partner_id",
                        "in",
                        tickets.commercial_partner_id.ids,
                    ),
                ],
                ["commercial_partner_id"],
                ["id:max"],
            )
        }
        found = {}
        for work in self:
            ticket = work.ticket_id
            of_order = ticket.sale_order_id.invoice_ids.filtered(
                lambda move: move.state == "posted" and move.move_type == "out_invoice"
            )
            partner = ticket.commercial_partner_id
            found[work] = (
                of_order.sorted("id")[-1:]
                or moves.browse(last.get(partner) or [])
                or partner
            )
        return found

    def _delivered(self):
        """What was delivered of the ticket's order last, else the order."""
        order = self.ticket_id.sale_order_id
        if "picking_ids" not in order._fields:
            return order
        done = order.picking_ids.filtered(
            lambda picking: (
                picking.state == "done" and picking.picking_type_code == "outgoing"
            )
        )
        return done.sorted("id")[-1:] or order

    # -- close ----------------------------------------------------------------

    def _close(self, state, outcome=None):
        """What came of these: the desk is told once; those that are closed stay.

        :param state: ``done`` or ``cancelled``
        :param outcome: in words, for the agents; ``None`` where nobody said anything
        """
        works = self.filtered(lambda work: work.state == "open")
        works.write(
            {
                "state": state,
                "outcome": outcome or False,
                "closed_at": fields.Datetime.now(),
            }
        )
        for rule, group in works.grouped("rule_id").items():
            if state == "done":
                group._tell(rule.comment_done, rule.status_done, state)
            else:
                group._tell(rule.comment_cancelled, False, state)

    def _tell(self, text, status, what):
        """Write a comment into the tickets of these, each once for what happened."""
        if not text:
            return
        untold = self.filtered(lambda work: work.ticket_id.status in CLOSED_STATUSES)
        untold.write(
            {
                "note": self.env._(
                    "The desk takes no comment on the ticket any more: it is closed."
                )
            }
        )
        self.env["connector.ticket.comment"]._say(
            [
                {
                    "ticket_id": work.ticket_id.id,
                    "body": work.rule_id._fill(text, work._words()),
                    "is_internal": work.rule_id.is_internal,
                    "status": status,
                    "occasion": f"work:{work.id}:{what}",
                }
                for work in self - untold
            ]
        )

    def _words(self):
        """What texts of the rule may name, see ``PLACEHOLDERS``."""
        self.ensure_one()
        return {
            **self.rule_id._words_of(self.ticket_id),
            "work": self.name or "",
            "responsible": self.user_id.name or "",
            "outcome": self.outcome
            or self._fields["state"].convert_to_export(self.state, self),
            "link": self._link(),
        }

    def _link(self):
        if not self.res_id:
            return ""
        return f"{self.get_base_url()}/odoo/{self.res_model}/{self.res_id}"
