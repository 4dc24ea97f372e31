from odoo import api, models
from odoo.exceptions import AccessError, UserError


class ConnectorException(models.Model):
    _inherit = "connector.exception"

    def _fix_kinds(self):
        kinds = super()._fix_kinds()
        if self.code == "billing_currency_inactive":
            return ["activate_currency", *kinds]
        if self.code == "billing_document_changed":
            return ["book_anew", *kinds]
        if self.code == "period_held":
            # The policy wants the period opened, not another date.
            return [kind for kind in kinds if kind != "open_period"]
        return kinds


class ConnectorFix(models.TransientModel):
    """Settle what holds documents of a billing system."""

    _inherit = "connector.fix"

    @api.model
    def _selection_kind(self):
        return [
            ("activate_currency", self.env._("Activate the Currency")),
            ("book_anew", self.env._("Reverse It and Book It Anew")),
            *super()._selection_kind(),
        ]

    def _check_finance(self):
        user = self.env.user
        if not (
            user.has_group("connector_base.group_finance_approver")
            or user.has_group("connector_base.group_administrator")
        ):
            raise AccessError(
                self.env._("Only a finance approver decides how something is booked.")
            )

    # -- a currency that isn't used -------------------------------------------

    def _inactive_currency(self):
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        return currencies.search([("name", "=", self.exception_id.cause)], limit=1)

    def _explain_activate_currency(self):
        return self.env._(
            "Lets Odoo book in %s from now on. Look that it has exchange rates.",
            self.exception_id.cause,
        )

    def _check_activate_currency(self):
        self._check_finance()
        if not self._inactive_currency():
            raise UserError(
                self.env._("Odoo knows no currency %s.", self.exception_id.cause)
            )

    def _decide_activate_currency(self):
        self._inactive_currency().active = True

    # -- a posted document that was changed -----------------------------------

    def _explain_book_anew(self):
        return self.env._(
            "Reverses what is posted on its own date, or on the first open day, and"
            " books what the billing system says now. Payments are matched anew."
        )

    def _check_book_anew(self):
        self._check_finance()
        if not (self.reason or "").strip():
            raise UserError(self.env._("Say why the document is booked anew."))

    def _decide_book_anew(self):
        self._decide_documents(book_anew=True)

    def _decide_documents(self, **values):
        remote_ids = self._items().sudo().mapped("remote_id")
        self.env["connector.billing.decision"]._decide(
            self._flow(), remote_ids, self.reason, **values
        )

    # -- a date in an open period ---------------------------------------------

    def _books_documents(self):
        """Whether the day that is chosen is that of the entry, not the document's."""
        entity = self._flow()._entity_model()
        return hasattr(entity, "_booking")

    def _explain_open_period(self):
        if not self._books_documents():
            return super()._explain_open_period()
        return self.env._(
            "Books the documents on a day whose period is open. They keep their own"
            " dates."
        )

    def _check_open_period(self):
        if not self._books_documents():
            return super()._check_open_period()
        self._check_finance()
        if not self.period_date:
            raise UserError(self.env._("Choose a date."))
        closed = (
            self._flow()
            ._entity_model()
            ._closed_period(self.exception_id.company_id, self.period_date)
        )
        if closed:
            raise UserError(closed)
        return None

    def _decide_open_period(self):
        if not self._books_documents():
            return super()._decide_open_period()
        return self._decide_documents(date=self.period_date)
