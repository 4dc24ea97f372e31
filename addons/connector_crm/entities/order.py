import dataclasses

from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_standing.models.connector_customer_standing import (
    ORDER_STATUSES,
)


def refuse_new(batch):
    """Orders are made in Odoo: one that a vendor has made is held, where it is read."""
    for mapped in batch:
        if not mapped.record_id:
            mapped.problems.append(Problem("validation", "create_not_allowed"))


class ConnectorEntityOrder(models.AbstractModel):
    """A confirmed order: it goes out and never comes in.

    A cancelled one goes on being told to those who have it as an order.
    """

    _name = "connector.entity.order"
    _inherit = "connector.entity.trade.document"
    _description = "Connector Entity: Order"

    _entity_area = "billing"

    def _entity_fields(self):
        _ = self.env._

        def outgoing(*args, **options):
            return EntityField(*args, readonly=True, **options)

        return [
            *super()._entity_fields(),
            outgoing("number", "char", _("Order Number"), "name"),
            *self._document_fields(readonly=True),
            outgoing("order_date", "datetime", _("Order Date"), "date_order"),
            self._choice_field("status", _("Status"), "state", readonly=True),
            outgoing("total", "money", _("Total"), "amount_total"),
            outgoing("total_untaxed", "money", _("Untaxed Total"), "amount_untaxed"),
            outgoing(
                "contract",
                "reference",
                _("Contract"),
                "agreement_id",
                reference="contract",
            ),
        ]

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("state", "in", ["sale", "cancel"])

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "state"]

    def _may_be_made(self, row):
        return row["state"] == "sale"

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        refuse_new(batch)

    def _give_choice(self, run, lookups, out, field, value):
        super()._give_choice(run, lookups, out, field, value)
        if out.canonical.get(field.name) == value:
            # Nobody has said what the vendor calls it.
            out.canonical[field.name] = ORDER_STATUSES.get(value, value)


class ConnectorEntityOrderLine(models.AbstractModel):
    """A line of a confirmed order, which goes out with it."""

    _name = "connector.entity.order.line"
    _inherit = "connector.entity.trade.line"
    _description = "Connector Entity: Order Line"

    _entity_model = "sale.order.line"
    _entity_area = "billing"
    _document = "order"

    def _document_label(self):
        return self.env._("Order")

    def _entity_fields(self):
        fields = [
            *super()._entity_fields(),
            EntityField("total", "money", self.env._("Subtotal"), "price_subtotal"),
        ]
        return [dataclasses.replace(field, readonly=True) for field in fields]

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("state", "in", ["sale", "cancel"])

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "state"]

    def _may_be_made(self, row):
        return row["state"] == "sale"

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        refuse_new(batch)
