import dataclasses

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .closed_won_agreement import LINE_VALUES
from .closed_won_order import QUIET


@dataclasses.dataclass
class Amendment:
    """What taking a changed deal as an amendment writes; values of versions."""

    process: models.Model
    lead: models.Model
    order: models.Model
    #: Empty where the contract has to begin first.
    agreement: models.Model
    #: The version before there was any of the deal, or ``None``.
    original: dict | None
    version: dict
    #: Lines of the deal that hold so far.
    lines_before: list
    #: What all of the contract comes to so far.
    amount_before: float


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """A deal that was changed after its order was confirmed becomes a version of its
    contract, where a person says so. The order stays as it is: who sold it amends it.
    """

    _inherit = "connector.process.kind.closed_won"

    def _amend(self, processes, effective, renewal, reason):
        """Write the versions, and what the deals are now as what was handed over.

        :return: the processes that were amended
        """
        processes._hold_rows()
        amended = processes.browse()
        for plan in self._amendments(processes, effective, renewal):
            lead, process = plan.lead, plan.process
            agreement = plan.agreement or self._begin_amended(plan)
            versions = [plan.original, {**plan.version, "reason": reason}]
            agreement.write(
                {
                    "version_ids": [
                        Command.create(
                            {
                                **version,
                                "line_ids": [
                                    Command.create(line) for line in version["line_ids"]
                                ],
                            }
                        )
                        for version in versions
                        if version
                    ],
                    **self._term_after(
                        agreement, lead, plan.version["kind"], effective
                    ),
                }
            )
            amended |= process
        amended._hand_over_terms()
        return amended

    def _begin_amended(self, plan):
        """The contract that the deal's first order would have begun."""
        lead, process, original = plan.lead, plan.process, plan.original
        agreement = self.with_context(**QUIET)._begin_agreement(
            process,
            lead,
            plan.order,
            original["effective_date"],
            [
                {"term_months": 0, "date_end": False, **li}
                for li in original["line_ids"]
            ],
        )
        step = process.step_ids.filtered(lambda step: step.name == "agreement")
        if step.state == "skipped":
            # Undoing the handoff ends the contract, too.
            step.write(
                {
                    "state": "done",
                    "res_model": agreement._name,
                    "res_id": agreement.id,
                    "message": self.env._("Begun by an amendment."),
                }
            )
        return agreement.with_env(self.env)

    def _look_again(self, process):
        """Whether the deal is what was handed over is looked at, too."""
        super()._look_again(process)
        process._tell_changed()

    # -- what would be written --------------------------------------------------

    def _amendments(self, processes, effective, renewal):
        """What amending these would write, one after another; writes nothing itself.

        Left out is what isn't won, isn't changed, or has no confirmed order. Each is
        worked out when it is asked for, as the one before may be of the same contract.

        :return: iterator of :class:`Amendment`
        :raises UserError: where a deal can't be amended from that day on
        """
        orders = {
            order.handoff_process_id: order
            for order in self.env["sale.order"]
            .sudo()
            .search(
                [("handoff_process_id", "in", processes.ids), ("state", "=", "sale")]
            )
        }
        for process, now in processes._deal_terms().items():
            lead = self.env["crm.lead"].sudo().browse(process.res_id)
            order = orders.get(process)
            if order and lead.won_status == "won" and process._changes(now):
                yield self._amendment(process, lead, order, now, effective, renewal)

    def _amendment(self, process, lead, order, now, effective, renewal):
        agreement = self._agreement_of(lead)
        of_deal = agreement.version_ids.filtered(lambda v: v.lead_id == lead)
        original = None if of_deal else self._original(process, lead, order)
        begins = min(
            of_deal.mapped("effective_date"),
            default=original and original["effective_date"],
        )
        if effective < begins:
            raise UserError(
                self.env._(
                    "“%(deal)s” holds from %(day)s on: choose that day or a later one.",
                    deal=lead.name,
                    day=fields.Date.to_string(begins),
                )
            )
        if original:
            mine, others, amount_before = original["line_ids"], [], original["amount"]
        else:
            version = agreement._agreed_on(effective)
            held = self._lines_held(agreement, effective)
            others = [line for line in held if line["lead_id"] != lead.id]
            # Those that have ended are what a renewal goes on from.
            mine = self._lines_of_version(version)
            mine = [line for line in mine if line["lead_id"] == lead.id]
            amount_before = version.amount
            if not mine and version.lead_id != lead:
                self._refuse_replaced(version, lead, effective)
        lines = self._lines_now(lead, order, now)
        before = self._terms_before(process, now)
        amount = self._amount_now(before, now, lines)
        return Amendment(
            process=process,
            lead=lead,
            order=order,
            agreement=agreement,
            original=original,
            version={
                "effective_date": effective,
                "kind": "renewal" if renewal else self._kind_of_change(before, now),
                "lead_id": lead.id,
                "sale_order_id": order.id,
                "currency_id": self._currency(process, lead).id,
                "amount": amount + sum(line["price_subtotal"] for line in others),
                "line_ids": [*others, *lines],
                "decided_by_id": self.env.user.id,
            },
            lines_before=mine,
            amount_before=amount_before,
        )

    def _refuse_replaced(self, version, lead, effective):
        raise UserError(
            self.env._(
                "“%(deal)s” doesn't hold any more on %(day)s: “%(other)s” has replaced"
                " it. Choose an earlier day, or change that deal and ignore this.",
                deal=lead.name,
                day=fields.Date.to_string(effective),
                other=version.lead_id.name or version.display_name,
            )
        )

    def _original(self, process, lead, order):
        """The version that the order is, with the terms that were handed over."""
        terms = process.handoff_terms or {"lines": []}
        handed = {line["id"]: line for line in terms["lines"]}
        lines = []
        order_lines = order.order_line.filtered(lambda line: not line.display_type)
        for line, vals in zip(
            order_lines, self._lines_of_order(order, lead), strict=True
        ):
            agreed = handed.get(line.deal_line_id.id, {})
            kept = {name: agreed[name] for name in LINE_VALUES if name in agreed}
            # Prices and quantities are the order's.
            lines.append({**kept, **vals})
        starts = [line["date_start"] for line in terms["lines"] if line["date_start"]]
        ordered = fields.Datetime.context_timestamp(order, order.date_order).date()
        return {
            "effective_date": fields.Date.to_date(min(starts, default=ordered)),
            "kind": lead.deal_kind or "new",
            "reason": lead.name,
            "lead_id": lead.id,
            "sale_order_id": order.id,
            "currency_id": order.currency_id.id,
            "amount": sum(line["price_subtotal"] for line in lines),
            "line_ids": lines,
        }

    def _lines_now(self, lead, order, now):
        products = order.order_line.product_id
        lines = now["lines"] or [
            {
                **dict.fromkeys(LINE_VALUES, False),
                "name": lead.name,
                "quantity": 1,
                "price_unit": now["amount"],
                "discount": 0,
                "price_subtotal": now["amount"],
                "product_id": products.id if len(products) == 1 else False,
            }
        ]
        return [
            {
                **{name: line[name] for name in LINE_VALUES},
                "product_id": line["product_id"],
                "sequence": number,
                "lead_id": lead.id,
            }
            for number, line in enumerate(lines, 1)
        ]

    def _terms_before(self, process, now):
        return process.handoff_terms or {
            "amount": process.handoff_amount,
            "currency": now["currency"],
            "lines": now["lines"],
        }

    def _amount_now(self, before, now, lines):
        """What the deal comes to as a part of its contract.

        Contracts count what their lines come to. The deal's amount tells the same only
        where it was the total of its lines when it was handed over; it may as well be
        that of all of the term, where lines have prices of a month.
        """
        total = sum(line["price_subtotal"] for line in before["lines"])
        of_lines = sum(line["price_subtotal"] for line in lines)
        same = not float_compare(total, before["amount"], 2)
        return now["amount"] if same and now["amount"] else of_lines

    def _kind_of_change(self, before, now):
        def compared(old, new):
            return float_compare(new, old, 2)

        def total(terms):
            return sum(line["price_subtotal"] for line in terms["lines"])

        more = 0
        if before["currency"] == now["currency"]:
            more = compared(before["amount"], now["amount"])
        more = more or compared(total(before), total(now))
        return {1: "upsell", -1: "downgrade"}.get(more, "change")
