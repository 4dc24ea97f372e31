import datetime
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.connector_base.service_user import as_worker

_logger = logging.getLogger(__name__)

#: Lines that one batch of the cron invoices and commits together.
BATCH = 50
#: Hours after which a line that could not be invoiced is tried again.
RETRY_HOURS = 12


class ConnectorInvoicePlan(models.Model):
    """Makes the draft invoices that are due, each once."""

    _inherit = "connector.invoice.plan"

    @api.model
    def _cron_invoice(self):
        """Invoice what is due, batch by batch, each committed with its invoices."""
        lines = self.env["connector.invoice.plan.line"]
        while ids := self._due_lines():
            for line in lines.browse(ids):
                line._invoice_safely()
            # What failed isn't due any more until it is tried again.
            if not self.env["ir.cron"]._commit_progress(len(ids), remaining=1):
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _due_lines(self):
        """Ids of lines that are due, the first open one of each plan, locked for us."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.id FROM connector_invoice_plan_line l
                  JOIN connector_invoice_plan p ON p.id = l.plan_id
                  JOIN sale_order o ON o.id = p.order_id
                 WHERE l.state = 'planned' AND l.date <= %(today)s
                   AND (l.retry_at IS NULL OR l.retry_at <= %(now)s)
                   AND p.state = 'active' AND o.state = 'sale'
                   AND NOT EXISTS (
                        SELECT FROM connector_invoice_plan_line e
                         WHERE e.plan_id = l.plan_id AND e.state = 'planned'
                           AND (e.sequence, e.date, e.id)
                             < (l.sequence, l.date, l.id))
                 ORDER BY l.date, l.id LIMIT %(limit)s
                   FOR UPDATE OF l SKIP LOCKED
                """,
                today=fields.Date.context_today(self),
                now=fields.Datetime.now(),
                limit=BATCH,
            )
        )
        return [row[0] for row in rows]


class ConnectorInvoicePlanLine(models.Model):
    _inherit = "connector.invoice.plan.line"

    def action_invoice_now(self):
        """Make the draft invoice of a milestone before its day.

        :raises UserError: where it can't be made
        """
        self.ensure_one()
        self.check_access("write")
        order = self.plan_id.order_id
        earlier = self.plan_id.line_ids.filtered(lambda li: li.state == "planned")[:1]
        if self.state != "planned" or self.plan_id.state != "active":
            raise UserError(self.env._("It is invoiced or cancelled already."))
        if order.state != "sale":
            raise UserError(self.env._("Confirm %s first.", order.name))
        if earlier != self:
            raise UserError(self.env._("“%s” comes first.", earlier.name))
        line = self.sudo()
        line._lock()
        why_not = line._invoice()
        if why_not:
            raise UserError(why_not)
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": line.invoice_id.id,
            "views": [(False, "form")],
        }

    def _lock(self):
        """Wait for whoever invoices it just now; then it isn't planned any more."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "SELECT id FROM connector_invoice_plan_line WHERE id = %s FOR UPDATE",
                self.id,
            )
        )
        self.invalidate_recordset(flush=False)

    def _invoice_safely(self):
        """Make the invoice; a failure is told and holds up no other line."""
        later = fields.Datetime.now() + datetime.timedelta(hours=RETRY_HOURS)
        try:
            with self.env.cr.savepoint():
                why_not = self._invoice()
        except UserError as error:
            self.write({"message": str(error), "retry_at": later})
            self._tell(str(error))
            return
        if why_not:
            self.write({"message": why_not, "retry_at": later})

    def _tell(self, why):
        process = self.plan_id.process_id
        if process:
            process._report(
                "validation",
                "invoice_plan",
                self.env._(
                    "The invoice “%(name)s” of %(order)s can't be made: %(why)s",
                    name=self.name,
                    order=self.plan_id.order_id.name,
                    why=why,
                ),
            )
        else:
            _logger.warning("Invoice plan line %s: %s", self.id, why)

    def _invoice(self):
        """Make the draft invoice, and note it with the line.

        :return: why not yet, or ``None``
        :raises UserError: where Odoo refuses
        """
        self.ensure_one()
        plan = self.plan_id
        order = as_worker(plan.order_id.with_company(plan.company_id))
        if not plan._is_whole():
            return self.env._("The parts of the plan don't come to 100 %.")
        open_lines = plan.line_ids.filtered(lambda line: line.state == "planned")
        if open_lines == self:
            invoice = self._last_invoice(order)
            if not invoice:
                return self.env._("Nothing of the order is to be invoiced yet.")
        else:
            wizard = order.env["sale.advance.payment.inv"].create(
                {
                    "advance_payment_method": "fixed",
                    "fixed_amount": self.amount,
                    "sale_order_ids": order.ids,
                }
            )
            invoice = wizard._create_invoices(order)
        self.write(
            {
                "state": "invoiced",
                "invoice_id": invoice[:1].id,
                "message": False,
                "retry_at": False,
            }
        )
        if open_lines == self:
            plan.state = "done"
        items = plan.process_id.exception_item_ids.filtered(
            lambda i: i.state == "open" and i.exception_id.code == "invoice_plan"
        )
        items._close("resolved")
        return None

    def _last_invoice(self, order):
        """What is left to invoice of what is charged once, down payments deducted."""
        order = order.with_context(connector_one_off=True)
        lines = order._get_invoiceable_lines(final=True)
        if not lines.filtered(lambda li: not li.display_type and not li.is_downpayment):
            return None
        return order._create_invoices(final=True)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    invoice_plan_ids = fields.One2many("connector.invoice.plan", "order_id")

    def _one_off_lines(self):
        """The lines that are charged once."""
        return self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.is_downpayment
                and line.deal_line_id.recurring_period in (False, "one_time")
            )
        )

    def _get_invoiceable_lines(self, final=False):
        lines = super()._get_invoiceable_lines(final)
        if not self.env.context.get("connector_one_off"):
            return lines
        recurring = self.order_line.filtered(
            lambda line: line.deal_line_id.recurring_period not in (False, "one_time")
        )
        return lines - recurring

    def action_open_invoice_plan(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoice Plan"),
            "res_model": "connector.invoice.plan",
            "res_id": self.invoice_plan_ids[:1].id,
            "views": [(False, "form")],
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    deal_line_id = fields.Many2one(
        "connector.deal.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The line of the deal that it was made of.",
    )
