from odoo import Command, fields, models

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.process import Done, Skipped

#: Kinds of deals that change what was agreed before.
AMENDMENTS = ("renewal", "upsell", "downgrade", "cancellation")
#: Fields of a line that a version keeps as they were agreed.
LINE_VALUES = (
    *("name", "quantity", "price_unit", "discount", "price_subtotal"),
    *("recurring_period", "term_months", "date_start", "date_end"),
)


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """The contract: a new deal begins one, an amendment makes a version of it.

    A version says what holds from its date on, as a whole: a renewal and a downgrade
    replace the lines, an upsell adds to those that hold, a cancellation leaves none.
    """

    _inherit = "connector.process.kind.closed_won"

    def _run_agreement(self, process, step):
        lead, policy = self._lead(process), self._policy(process)
        amends = lead.deal_kind in AMENDMENTS
        agreement = self._agreement_of(lead)
        if not amends and not agreement and not self._wants_agreement(lead, policy):
            return Skipped(self.env._("Nothing that lasts was agreed."))
        if lead.deal_kind == "cancellation" and not agreement:
            raise errors.MissingDependency(
                self.env._(
                    "“%s” cancels a contract that Odoo doesn't have. Choose the deal"
                    " that it amends, then resume.",
                    lead.name,
                ),
                code="handoff_no_agreement",
            )
        order = self._order_of(process)
        agreement = agreement or self._begin_agreement(
            process, lead, order, self._effective_date(lead), lead.deal_line_ids
        )
        version = agreement.version_ids.filtered(lambda v: v.lead_id == lead)
        if not version:
            self._add_version(agreement, process, lead, order)
        return Done(self.env._("Contract %s.", agreement.number or ""), agreement)

    def _wants_agreement(self, lead, policy):
        lasting = lead.deal_line_ids.filtered(
            lambda line: (
                line.term_months or line.recurring_period not in (False, "one_time")
            )
        )
        rule = policy.keep_agreement
        return rule == "always" or rule == "recurring" and bool(lasting)

    def _agreement_of(self, lead):
        """The contract of the deal, or of the deals that it amends, nearest first."""
        agreements = self.env["connector.agreement"].sudo()
        versions = self.env["connector.agreement.version"].sudo()
        seen = lead.browse()
        while lead and lead not in seen:
            found = agreements.search([("opportunity_id", "=", lead.id)], limit=1)
            found |= versions.search([("lead_id", "=", lead.id)], limit=1).agreement_id
            if found:
                return found[0]
            seen |= lead
            lead = lead.previous_deal_id
        return agreements

    def _begin_agreement(self, process, lead, order, start, lines):
        """:param lines: records or dicts with the fields of a deal's lines"""
        terms = [line["term_months"] for line in lines if line["term_months"]]
        ends = [line["date_end"] for line in lines if line["date_end"]]
        return (
            self.env["connector.agreement"]
            .sudo()
            .create(
                {
                    "number": order.name,
                    "partner_id": lead.partner_id.commercial_partner_id.id,
                    "opportunity_id": lead.id,
                    "sale_order_id": order.id,
                    "company_id": process.company_id.id,
                    "user_id": lead.user_id.id,
                    "date_start": start,
                    "term_months": max(terms, default=0),
                    "state": "active",
                    **({"date_end": max(ends)} if ends and not terms else {}),
                }
            )
        )

    def _effective_date(self, lead):
        """From when on it holds: its first line's start, or the day it was won."""
        starts = [day for day in lead.deal_line_ids.mapped("date_start") if day]
        closed = lead.date_closed and lead.date_closed.date()
        return min(starts, default=lead.date_deadline or closed or fields.Date.today())

    def _add_version(self, agreement, process, lead, order):
        """One version for each deal, and what it means for the contract's end."""
        kind = lead.deal_kind or "new"
        effective = self._effective_date(lead)
        lines = self._version_lines(agreement, lead, order, kind, effective)
        agreement.write(
            {
                "version_ids": [
                    Command.create(
                        {
                            "effective_date": effective,
                            "kind": kind,
                            "reason": lead.name,
                            "lead_id": lead.id,
                            "sale_order_id": order.id,
                            "currency_id": self._currency(process, lead).id,
                            "amount": sum(line["price_subtotal"] for line in lines),
                            "line_ids": [Command.create(line) for line in lines],
                        }
                    )
                ],
                **self._term_after(agreement, lead, kind, effective),
            }
        )

    def _version_lines(self, agreement, lead, order, kind, effective):
        """What holds from then on, as values of the version's lines."""
        if kind == "cancellation":
            return []
        lines = [
            {
                **{name: line[name] for name in LINE_VALUES},
                "product_id": line.product_id.id,
                "sequence": line.sequence,
                "lead_id": lead.id,
            }
            for line in lead.deal_line_ids
        ] or self._lines_of_order(order, lead)
        if kind != "upsell":
            return lines
        return [*self._lines_held(agreement, effective), *lines]

    def _lines_of_order(self, order, lead):
        return [
            {
                "name": line.name,
                "quantity": line.product_uom_qty,
                "price_unit": line.price_unit,
                "discount": line.discount,
                "price_subtotal": line.price_subtotal,
                "product_id": line.product_id.id,
                "sequence": line.sequence,
                "lead_id": lead.id,
            }
            for line in order.order_line
            if not line.display_type
        ]

    def _lines_held(self, agreement, effective):
        """What holds on a day and goes on, as values of a version's lines."""
        return [
            line
            for line in self._lines_of_version(agreement._agreed_on(effective))
            if not line["date_end"] or line["date_end"] >= effective
        ]

    def _lines_of_version(self, version):
        return [
            {
                **{name: line[name] for name in LINE_VALUES},
                "product_id": line.product_id.id,
                "sequence": line.sequence,
                "lead_id": (line.lead_id or version.lead_id).id,
            }
            for line in version.line_ids
        ]

    def _term_after(self, agreement, lead, kind, effective):
        """Values of the contract that an amendment changes."""
        if kind == "cancellation":
            last = fields.Date.subtract(effective, days=1)
            last = max(last, agreement.date_start or last)
            over = effective <= fields.Date.context_today(self)
            return {"date_end": last, **({"state": "cancelled"} if over else {})}
        if kind != "renewal":
            return {}
        ends = [end for end in lead.deal_line_ids.mapped("date_end") if end]
        terms = [term for term in lead.deal_line_ids.mapped("term_months") if term]
        end = max(ends, default=None) or agreement._end_of(
            effective, max(terms, default=0)
        )
        return {"state": "active", **({"date_end": end} if end else {})}

    def _undo_agreement(self, process, step):
        """Take this deal's version back, and a contract that has no other."""
        lead = process._record()
        agreement = step.record().exists().sudo()
        versions = agreement.version_ids.filtered(lambda v: v.lead_id == lead)
        if versions == agreement.version_ids and agreement.opportunity_id == lead:
            agreement.write({"state": "cancelled"})
            return self.env._("The contract is cancelled.")
        versions.unlink()
        return self.env._("The version is taken back.")
