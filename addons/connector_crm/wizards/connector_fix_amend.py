import itertools

from markupsafe import escape

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.connector_base.wizards.connector_fix_preview import SAMPLES

TODO = "mail.mail_activity_data_todo"


class ConnectorFix(models.TransientModel):
    """Take what was changed in deals after their orders as amendments of contracts."""

    _inherit = "connector.fix"

    amendment_date = fields.Date(string="Holds From", default=fields.Date.context_today)
    amendment_kind = fields.Selection(
        [
            ("difference", "An Upsell or a Downgrade, by the Difference"),
            ("renewal", "A Renewal"),
        ],
        string="It Is",
        default="difference",
    )

    @api.model
    def _selection_kind(self):
        return [
            ("amend", self.env._("Take It as an Amendment")),
            *super()._selection_kind(),
        ]

    def _explain_amend(self):
        return self.env._(
            "Adds a version to the deal's contract, with its lines as they are now."
            " Confirmed orders are not changed: their salespeople get an activity to"
            " amend them."
        )

    def _amended_processes(self):
        # What the cause is of was checked with the user's own rights.
        return self._items().sudo().process_id

    def _amendments(self):
        processes = self._amended_processes()
        kind = processes[:1]._kind_model()
        renewal = self.amendment_kind == "renewal"
        return list(kind._amendments(processes, self.amendment_date, renewal))

    def _check_amend(self):
        if not self.amendment_date or not self.amendment_kind:
            raise UserError(self.env._("Choose from when on it holds, and what it is."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say what was agreed, or with whom."))
        if not self._amended_processes() or not self._amendments():
            raise UserError(
                self.env._(
                    "There is no confirmed order to amend. Correct the quotation"
                    " instead, then ignore this, with a reason."
                )
            )

    def _decide_amend(self):
        processes = self._amended_processes()
        processes[:1]._kind_model()._amend(
            processes,
            self.amendment_date,
            self.amendment_kind == "renewal",
            self.reason.strip(),
        )

    def _go_on_amend(self):
        """Close what is settled; who sold it amends the order."""
        processes = self._amended_processes()
        now = processes._deal_terms()
        amended = processes.filtered(lambda p: p in now and not p._changes(now[p]))
        items = amended._changed_items()
        self._ask_to_amend(items)
        items._close("resolved")
        amended._say(
            self.env._(
                "Taken as an amendment from %(day)s on: %(reason)s",
                day=fields.Date.to_string(self.amendment_date),
                reason=self.reason,
            )
        )
        left = len(processes - amended)
        if not left:
            return self.env._(
                "The contracts have it. The orders stay as they were confirmed: their"
                " salespeople are asked to amend them."
            )
        return self.env._(
            "The contracts have it. %s deals are left: their orders are not confirmed,"
            " or they are not won any more.",
            left,
        )

    def _ask_to_amend(self, items):
        orders = (
            self.env["sale.order"].sudo().with_context(mail_activity_quick_update=True)
        )
        by_process = orders.search(
            [("handoff_process_id", "in", items.process_id.ids)]
        ).grouped("handoff_process_id")
        for item in items:
            process = item.process_id
            order = by_process.get(process)
            if not order:
                continue
            user = order.user_id or process._whom_to_ask()
            order.activity_schedule(
                TODO,
                summary=self.env._("Amend %s as its deal was changed", order.name),
                note=escape(
                    self.env._(
                        "%(what)s %(user)s took that as an amendment from %(day)s on:"
                        " %(reason)s. The contract has it; this order is as it was"
                        " confirmed.",
                        what=item.message,
                        day=fields.Date.to_string(self.amendment_date),
                        user=self.env.user.name,
                        reason=self.reason.strip().rstrip("."),
                    )
                ),
                user_id=user.id,
            )

    # -- preview --------------------------------------------------------------

    def _preview(self):
        if self.kind != "amend":
            return super()._preview()
        plans = self._amendments()
        lines = [self._amendment_line(plan) for plan in plans[:SAMPLES]]
        text = self.env._(
            "Nothing has been written. Shown are %(shown)s of %(all)s deals.",
            shown=len(lines),
            all=len(plans),
        )
        return {"lines": lines, "text": text}

    def _amendment_line(self, plan):
        """What the contract would say before and after."""
        versions = self.env["connector.agreement.version"]
        kinds = dict(versions._fields["kind"]._description_selection(self.env))
        kind = kinds[plan.version["kind"]]
        currency = self.env["res.currency"].browse(plan.version["currency_id"]).name
        outcome = (
            self.env._("Would begin a contract, with a version: %s", kind)
            if not plan.agreement
            else self.env._("Would become a version of its contract: %s", kind)
        )
        amounts = [f"{plan.amount_before:.2f}", f"{plan.version['amount']:.2f}"]
        lead_id = plan.lead.id
        after = [li for li in plan.version["line_ids"] if li["lead_id"] == lead_id]
        changes = [
            self.env._("Amount: %s", " → ".join(f"{a} {currency}" for a in amounts)),
            *self._line_changes(plan.lines_before, after),
        ]
        return {
            "record": plan.lead.name,
            "outcome": outcome,
            "good": True,
            "changes": "\n".join(changes),
        }

    def _line_changes(self, before, after):
        """Lines of one product are compared in their order."""

        def by_product(lines):
            grouped = {}
            for line in lines:
                grouped.setdefault(line["product_id"] or line["name"], []).append(line)
            return grouped

        old, new = by_product(before), by_product(after)
        for key in {**old, **new}:
            pairs = itertools.zip_longest(old.get(key, ()), new.get(key, ()))
            for left, right in pairs:
                texts = [self._line_text(line) for line in (left, right)]
                if texts[0] != texts[1]:
                    yield f"{(right or left)['name']}: {texts[0]} → {texts[1]}"

    def _line_text(self, line):
        if line is None:
            return self.env._("nothing")
        lines = self.env["connector.agreement.version.line"]
        periods = dict(
            lines._fields["recurring_period"]._description_selection(self.env)
        )
        months = line.get("term_months")
        days = [str(line.get(name) or "") for name in ("date_start", "date_end")]
        parts = [
            f"{line['quantity']:g} × {line['price_unit']:.2f}",
            line["discount"] and f"-{line['discount']:g} %",
            periods.get(line.get("recurring_period")),
            months and self.env._("%s months", months),
            any(days) and " – ".join(days),
        ]
        return ", ".join(filter(None, parts))
