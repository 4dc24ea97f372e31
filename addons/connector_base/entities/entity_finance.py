from odoo import models

from ..engine.financial import FINANCIAL_MODELS

#: Odoo models that say how something is booked: a field that points to one of them is
#: for finance to approve.
FINANCE_MODELS = FINANCIAL_MODELS | {"account.incoterms", "res.currency"}
#: Odoo fields that post a document or say what it is, whatever the model.
FINANCE_FIELDS = frozenset(
    {
        "auto_post",
        "autopost_bills",
        "invoice_status",
        "move_type",
        "payment_state",
        "state",
    }
)
#: Types of entity fields that are for finance, whatever the model.
FINANCE_KINDS = frozenset({"currency"})
#: Types that are for finance in a document that is booked. Elsewhere an amount is what
#: sales hopes for and a date what it plans.
BOOKED_KINDS = frozenset({"money", "date", "datetime"})
BOOKED_PREFIX = "account."


class ConnectorEntity(models.AbstractModel):
    """The entity contract, part four: what a finance approver must have seen."""

    _inherit = "connector.entity"

    def _finance_targets(self):
        """Entity fields that are for finance beyond the tables above; extend it.

        For those that the entity's own code books with: nothing in their declaration
        tells.

        :return: set of names
        """
        return set()

    def _touches_finance(self, target):
        """Whether a line to ``target`` touches accounts, taxes, journals, states or
        posting, so that a change of it needs a finance approver."""
        field = self._entity_field(target)
        if field is None:
            return False
        odoo_field = self.env[self._entity_model]._fields.get(field.odoo_field)
        relations = {field.relation, getattr(odoo_field, "comodel_name", None)}
        booked = self._entity_model.startswith(BOOKED_PREFIX)
        return (
            target in self._finance_targets()
            or field.odoo_field in FINANCE_FIELDS
            or field.kind in FINANCE_KINDS
            or not relations.isdisjoint(FINANCE_MODELS)
            or (booked and field.kind in BOOKED_KINDS)
        )
