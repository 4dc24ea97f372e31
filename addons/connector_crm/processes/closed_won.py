from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.process import Done, Skipped, Step, Wait
from odoo.addons.connector_base.service_user import as_service

#: Seconds after which a handoff looks again whether the deal's lines have come.
LINES_SECONDS = 20
#: Entities of which a deal's order is made, beside the deal itself.
LINE_ENTITIES = frozenset({"opportunity.line"})
QUOTE_ENTITIES = frozenset({"quote", "quote.line"})


class ConnectorProcessKindClosedWon(models.AbstractModel):
    """From a deal that is won to its order, contract and invoice plan.

    Here is what is checked and who the customer is; the files beside it have the order,
    the contract and the invoices. What a step finds wrong is raised with a sentence of
    its own; a person corrects the deal or the policy and lets the process go on.
    """

    _name = "connector.process.kind.closed_won"
    _inherit = ["connector.process.kind"]
    _description = "Closed-Won Handoff"

    _process_lane = "finance"
    _process_domain = "crm"

    def _steps(self):
        _ = self.env._
        return [
            *super()._steps(),
            Step("validate", _("Check the deal")),
            Step("credit", _("Check the customer's credit")),
            Step("customer", _("Find the customer")),
            Step("quotation", _("Make the quotation")),
            Step("total", _("Compare with the deal's amount")),
            Step("confirm", _("Confirm the order")),
            Step("agreement", _("Keep what was agreed")),
            Step("invoices", _("Plan the invoices")),
            Step("write_back", _("Tell the order's number")),
        ]

    # -- what it works with ---------------------------------------------------

    def _policy(self, process):
        """:raises MissingDependency: where there is none any more"""
        policy = self.env["connector.handoff.policy"]._for(
            process.company_id, process.connection_id
        )
        if not policy:
            raise errors.MissingDependency(
                self.env._(
                    "No closed-won policy holds for these deals any more. Activate one,"
                    " then resume."
                ),
                code="handoff_no_policy",
            )
        return policy

    def _lead(self, process):
        """The deal, as long as it is won.

        :raises ConflictError: where it isn't any more
        """
        lead = process._record()
        if lead is None:
            raise errors.ConflictError(
                self.env._("The deal was deleted."), code="deal_reopened"
            )
        if lead.won_status != "won":
            raise errors.ConflictError(
                self.env._("“%s” is not won any more.", lead.name),
                code="deal_reopened",
            )
        return lead.with_env(self.env)

    def _currency(self, process, lead):
        return lead.deal_currency_id or process.company_id.currency_id

    def _deal_amount(self, lead):
        """The deal's amount in its own currency."""
        return lead.deal_amount if lead.deal_currency_id else lead.expected_revenue

    def _is_changed(self, process):
        """Whether the deal's amount or lines are others than were checked."""
        checked = process.step_ids.filtered(lambda step: step.name == "validate")
        if checked.state != "done":
            return False
        return bool(process._changes(process._deal_terms()[process]))

    def _resumed(self, process, user):
        """A deal that was changed meanwhile is checked and approved anew."""
        super()._resumed(process, user)
        lead = process._record()
        if lead is None or not self._is_changed(process):
            return
        steps = process.step_ids.filtered(
            lambda step: step.name in ("validate", "credit", "total", "confirm")
        )
        steps.write({"approved_by_id": False, "approved_at": False})
        steps.filtered(lambda step: step.name != "confirm").state = "pending"

    def _on_failure(self, process, step, error):
        policy = self.env["connector.handoff.policy"]._for(
            process.company_id, process.connection_id
        )
        if step.name not in ("validate", "credit") and policy.on_failure:
            return policy.on_failure
        return super()._on_failure(process, step, error)

    def _stake(self, process):
        lead = process._record()
        if lead is None:
            return super()._stake(process)
        return {
            "label": lead.name,
            "amount": lead.expected_revenue,
            "partner_label": lead.partner_id.display_name or lead.partner_name,
        }

    # -- check ----------------------------------------------------------------

    def _run_validate(self, process, step):
        lead, policy = self._lead(process), self._policy(process)
        if self._more_to_come(process, policy):
            return Wait(
                self.env._("What belongs to the deal is still to come."),
                seconds=LINES_SECONDS,
            )
        self._check_required(lead, policy)
        self._check_currency(process, lead)
        if lead.deal_kind != "cancellation":
            self._check_lines(process, lead, policy)
        process._hand_over_terms()
        return Done(self.env._("Complete."))

    def _more_to_come(self, process, policy):
        """Whether lines and quotations have not been read since the deal was won.

        Reads them at once: vendors tell of a deal before they are asked for its lines.
        """
        entities = LINE_ENTITIES | (QUOTE_ENTITIES if policy.use_quote else set())
        waiting = process.connection_id.flow_ids.filtered(
            lambda flow: (
                flow.entity in entities
                and flow.active
                and flow.direction != "push"
                and (not flow.last_run_at or flow.last_run_at < process.started_at)
            )
        )
        if waiting and process.connection_id.state == "connected":
            waiting.sudo().action_sync()
        return bool(waiting)

    def _check_required(self, lead, policy):
        """:raises InvalidRecord: where a field is empty that the policy wants filled"""
        missing = [
            field.field_description
            for field in policy.sudo().required_field_ids
            if not lead[field.name]
        ]
        if not lead.partner_id and not lead.partner_name and not lead.email_from:
            missing.append(lead._fields["partner_id"]._description_string(self.env))
        if missing:
            names = ", ".join(missing)
            raise errors.InvalidRecord(
                self.env._(
                    "“%(deal)s” lacks %(fields)s.", deal=lead.name, fields=names
                ),
                code="handoff_missing",
                params={"fields": names, "cause": names},
            )

    def _check_currency(self, process, lead):
        """:raises InvalidRecord: where Odoo can't count in the deal's currency"""
        currency, company = self._currency(process, lead), process.company_id
        entity = self.env["connector.entity.opportunity"]
        rated = currency == company.currency_id or entity._has_rate(currency, company)
        if not currency.active or not rated:
            raise errors.InvalidRecord(
                self.env._(
                    "“%(deal)s” is in %(currency)s, of which Odoo has no rate.",
                    deal=lead.name,
                    currency=currency.name,
                ),
                code="handoff_currency",
                params={"currency": currency.name, "cause": currency.name},
            )

    def _check_lines(self, process, lead, policy):
        """:raises InvalidRecord: where the order can't have the deal's lines"""
        lines, fallback = lead.deal_line_ids, policy.fallback_product_id
        quotes = policy.use_quote and self._quotes(process, lead)
        if not lines and not fallback and not quotes:
            raise errors.InvalidRecord(
                self.env._("“%s” has no lines.", lead.name), code="handoff_no_lines"
            )
        unknown = lines.filtered(lambda line: not line.product_id)
        if unknown and not fallback:
            raise errors.MissingDependency(
                self.env._(
                    "“%(deal)s” sells %(names)s, which is no product of Odoo.",
                    deal=lead.name,
                    names=", ".join(unknown.mapped("name")),
                ),
                code="handoff_product",
                params={"names": ", ".join(unknown.mapped("name"))},
            )
        products = lines.product_id or fallback
        untaxed = products.filtered(
            lambda product: (
                not product.taxes_id._filter_taxes_by_company(process.company_id)
            )
        )
        if policy.require_taxes and untaxed and not quotes:
            names = ", ".join(untaxed.mapped("display_name"))
            raise errors.InvalidRecord(
                self.env._(
                    "“%(deal)s” sells %(names)s, which has no tax in %(company)s.",
                    deal=lead.name,
                    names=names,
                    company=process.company_id.name,
                ),
                code="handoff_untaxed",
                params={"names": names, "cause": names},
            )

    # -- credit ---------------------------------------------------------------

    def _run_credit(self, process, step):
        """A customer over the limit needs an approval; worked out as it is now."""
        lead, policy = self._lead(process), self._policy(process)
        partner = lead.partner_id.commercial_partner_id
        if not policy.check_credit or not partner:
            return Skipped(self.env._("Nothing to check."))
        if step.approved_by_id:
            return Done(self.env._("Approved by %s.", step.approved_by_id.name))
        company = process.company_id
        standings = self.env["connector.customer.standing"].sudo()
        standing = standings._work_out(company, partner.ids)[partner.id]
        if standing["overdue_days"] > policy.most_overdue_days:
            return Wait(
                self.env._(
                    "The customer is overdue for %s days.", standing["overdue_days"]
                ),
                approval=True,
            )
        limit = partner.sudo().credit_limit if company.account_use_credit_limit else 0
        open_then = standing["open_balance"] + lead.expected_revenue
        if limit and company.currency_id.compare_amounts(open_then, limit) > 0:
            return Wait(
                self.env._("With this deal the customer is over the credit limit."),
                approval=True,
            )
        return Done(self.env._("Within the limits."))

    # -- customer -------------------------------------------------------------

    def _run_customer(self, process, step):
        """The commercial entity of the deal, made where the policy says so."""
        lead, policy = self._lead(process), self._policy(process)
        partner = lead.partner_id or self._find_customer(lead)
        made = not partner
        if made:
            if not policy.create_customer:
                raise errors.MissingDependency(
                    self.env._(
                        "Odoo doesn't have the customer of “%s”. Choose one on the"
                        " deal, then resume.",
                        lead.name,
                    ),
                    code="handoff_no_customer",
                )
            made_by = as_service(lead)._create_customer()
            partner = made_by.with_env(self.env)
        if lead.partner_id != partner:
            as_service(lead).partner_id = partner
        text = self.env._("Made from the deal.") if made else self.env._("Known.")
        return Done(text, partner.commercial_partner_id)

    def _find_customer(self, lead):
        """A company of just that name, or whoever has the deal's e-mail address.

        :raises AmbiguousMatch: where several companies are called so
        """
        partners = self.env["res.partner"]
        if lead.partner_name:
            domain = Domain("name", "=ilike", lead.partner_name) & Domain(
                "is_company", "=", True
            )
            found = partners.search(
                domain & Domain("company_id", "in", [False, self.env.company.id]),
                limit=2,
            )
            if len(found) > 1:
                raise errors.AmbiguousMatch(
                    self.env._(
                        "Several companies are called “%(name)s”. Choose the customer"
                        " of “%(deal)s” on the deal, then resume.",
                        name=lead.partner_name,
                        deal=lead.name,
                    ),
                    code="handoff_several_customers",
                )
            if found:
                return found
        return lead._find_matching_partner()

    # -- end ------------------------------------------------------------------

    def _run_write_back(self, process, step):
        """The outbox sends it: order number and status are fields of the deal."""
        lead = self._lead(process)
        if self._is_changed(process):
            # While the last steps ran; it is told when the handoff is done.
            lead._note_handoff("changed")
        if not lead.deal_order_number:
            return Skipped(self.env._("No order was made."))
        return Done(self.env._("Order %s stands on the deal.", lead.deal_order_number))
