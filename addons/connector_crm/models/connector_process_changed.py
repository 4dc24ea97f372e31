import json

from odoo import fields, models
from odoo.tools import float_compare

from odoo.addons.connector_base.engine.hashing import content_hash

from .connector_deal_line_handoff import AGREED

#: Decimals by which amounts and numbers of what was handed over are compared.
DIGITS = 8


class ConnectorProcess(models.Model):
    """What of a deal was handed over, and what is said where it is changed after that.

    The deal's amount, currency and lines are kept as they were handed over. A change
    is told once; it closes by itself when the deal is again what was handed over, or
    when what it is now is taken as an amendment (``connector.fix``).
    """

    _inherit = "connector.process"

    handoff_amount = fields.Float(
        readonly=True,
        digits=(16, 2),
        help="The deal's amount as it was handed over, in the deal's currency.",
    )
    handoff_terms = fields.Json(
        readonly=True,
        help="Amount, currency and lines of the deal as they were handed over.",
    )
    handoff_told = fields.Char(
        readonly=True, help="Hash of the change that was told last, until it is over."
    )

    def _deal_terms(self):
        """What the deals come to and sell now, in two queries for all of them.

        :return: ``{process: {"amount": …, "currency": code, "lines": [values]}}``,
            without those whose deal is gone; the amount is in the deal's own currency
        """
        leads = self.env["crm.lead"].sudo().browse(self.mapped("res_id")).exists()
        by_id = {lead.id: lead for lead in leads}
        lines = (
            self.env["connector.deal.line"]
            .sudo()
            .search([("lead_id", "in", leads.ids), ("active", "=", True)])
            .grouped("lead_id")
        )
        terms = {}
        for process in self:
            lead = by_id.get(process.res_id)
            if lead is None:
                continue
            own = lead.deal_currency_id
            amount = lead.deal_amount if own else lead.expected_revenue
            terms[process] = {
                "amount": round(amount, DIGITS),
                "currency": (own or process.company_id.currency_id).name,
                "lines": [self._line_terms(line) for line in lines.get(lead, ())],
            }
        return terms

    def _line_terms(self, line):
        values = line.read(AGREED, load=None)[0]
        return {
            # Minus zero is zero.
            name: round(value, DIGITS) + 0.0
            if isinstance(value, float)
            else fields.Date.to_string(value)
            if line._fields[name].type == "date"
            else value
            for name, value in values.items()
        }

    def _hand_over_terms(self):
        """From now on, what the deals are is what was handed over."""
        for process, terms in self._deal_terms().items():
            process.write(
                {
                    "handoff_amount": terms["amount"],
                    "handoff_terms": terms,
                    "handoff_told": False,
                }
            )

    def _changes(self, now):
        """What of the deal is another than was handed over.

        :param now: terms as of :meth:`_deal_terms`
        :return: set of ``amount`` and ``lines``
        """
        before = self.handoff_terms
        if not before:
            # Handed over before its lines were kept.
            amount = self.handoff_amount
            differs = amount and float_compare(amount, now["amount"], 2)
            return {"amount"} if differs else set()
        changes = set()
        if (before["amount"], before["currency"]) != (now["amount"], now["currency"]):
            changes.add("amount")
        if self._sold(before) != self._sold(now):
            changes.add("lines")
        return changes

    def _sold(self, terms):
        """The lines, whatever their ids and their order."""
        return sorted(
            json.dumps({**line, "id": None}, sort_keys=True) for line in terms["lines"]
        )

    # -- tell -----------------------------------------------------------------

    def _tell_changed(self):
        """An exception for each deal that is not what was handed over, once a change;
        it closes where the deal is again what it was.
        """
        now = self._deal_terms()
        changes = {process: process._changes(terms) for process, terms in now.items()}
        changed = self.filtered(lambda process: changes.get(process))
        (self - changed)._settle_changed()
        marks = {process: content_hash(now[process]) for process in changed}
        news = changed.filtered(lambda process: process.handoff_told != marks[process])
        names = dict(
            self.env["sale.order"]
            .sudo()
            ._read_group(
                [("handoff_process_id", "in", news.ids)],
                ["handoff_process_id"],
                ["name:max"],
            )
        )
        for process in news:
            process.handoff_told = marks[process]
            process._report(
                "conflict",
                "deal_changed",
                process._changed_sentence(
                    changes[process], now[process], names.get(process)
                ),
            )

    def _settle_changed(self):
        """Close what was said of changes that are over."""
        told = self.filtered("handoff_told")
        if not told:
            return
        told.handoff_told = False
        told._changed_items()._close("resolved")
        without_flow = told.filtered(lambda process: not process.flow_id)
        if without_flow.activity_ids:
            without_flow.activity_unlink(["mail.mail_activity_data_todo"])

    def _changed_items(self):
        return self.exception_item_ids.sudo().filtered(
            lambda item: (
                item.state == "open" and item.exception_id.code == "deal_changed"
            )
        )

    def _changed_sentence(self, changes, now, order):
        """What was changed, in one sentence."""
        before = self.handoff_terms or {
            "amount": self.handoff_amount,
            "currency": now["currency"],
        }
        params = {
            "deal": self.env["crm.lead"].sudo().browse(self.res_id).name,
            "before": self._amount_text(before),
            "after": self._amount_text(now),
            "since": self.env._("after order %s was made", order)
            if order
            else self.env._("after it was handed over"),
        }
        if changes == {"lines"}:
            return self.env._(
                "The lines of “%(deal)s” were changed %(since)s.", **params
            )
        if changes == {"amount"}:
            return self.env._(
                "“%(deal)s” was changed from %(before)s to %(after)s %(since)s.",
                **params,
            )
        return self.env._(
            "“%(deal)s” was changed from %(before)s to %(after)s, and its lines were"
            " changed, too, %(since)s.",
            **params,
        )

    def _amount_text(self, terms):
        return f"{terms['amount']:.2f} {terms['currency']}"
