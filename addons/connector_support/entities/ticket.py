from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL


class ConnectorEntitySupportTicket(models.AbstractModel):
    """A ticket of a desk, whatever the desk.

    The desk owns it: what it says is taken as it comes. Neither an unknown requester
    nor an unknown organization keeps a ticket out.
    """

    _name = "connector.entity.support.ticket"
    _inherit = "connector.entity"
    _description = "Connector Entity: Ticket"

    _entity_model = "connector.ticket"
    _entity_domain = "support"
    _partner_field = "partner_id"

    # -- declaration ----------------------------------------------------------

    def _entity_fields(self):
        _ = self.env._
        moments = (
            ("created_at", _("Opened")),
            ("updated_at", _("Last Change")),
            ("solved_at", _("Solved")),
            ("closed_at", _("Closed")),
            ("due_at", _("Due")),
            ("first_reply_at", _("First Reply")),
            ("first_reply_due_at", _("First Reply Due")),
            ("resolution_due_at", _("Resolution Due")),
        )
        return [
            *super()._entity_fields(),
            EntityField("number", "char", _("Number"), "number"),
            EntityField("subject", "char", _("Subject"), "name", pii=True),
            EntityField(
                "description", "text", _("Description"), "description", pii=True
            ),
            EntityField(
                "requester",
                "reference",
                _("Requester"),
                reference="support.requester",
            ),
            EntityField("requester_email", "char", _("Requester's E-mail"), pii=True),
            EntityField(
                "organization",
                "reference",
                _("Organization"),
                reference="support.organization",
            ),
            self._choice_field("status", _("Status"), on_unmapped="hold"),
            self._choice_field("priority", _("Priority")),
            self._choice_field("kind", _("Type")),
            self._choice_field("sla_state", _("Service Level State")),
            self._choice_field("satisfaction", _("Satisfaction")),
            EntityField("channel", "char", _("Channel"), "channel"),
            EntityField("assignee", "char", _("Assignee"), "assignee"),
            EntityField("group", "char", _("Group"), "group"),
            EntityField("brand", "char", _("Brand"), "brand"),
            EntityField("form", "char", _("Form"), "form"),
            EntityField("tags", "structure", _("Tags")),
            *(EntityField(name, "datetime", text, name) for name, text in moments),
            EntityField(
                "is_breached", "boolean", _("Service Level Missed"), "is_breached"
            ),
            EntityField(
                "comments_count", "integer", _("Comments"), "comments_count"
            ),
            EntityField("reopens", "integer", _("Reopened"), "reopens"),
            EntityField("order_ref", "char", _("Sales Order"), "order_ref"),
            EntityField(
                "product",
                "value",
                _("Product"),
                "product_id",
                value_map="ticket_product",
                relation="product.product",
                on_unmapped="empty",
            ),
        ]

    def _choice_field(self, name, label, on_unmapped="empty"):
        """A choice, with the value map of any such field of Odoo."""
        return EntityField(
            name,
            "choice",
            label,
            name,
            value_map=f"odoo.{self._entity_model}.{name}",
            relation=OPTIONS_MODEL,
            on_unmapped=on_unmapped,
        )

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "tags" in owner_by_field:
            owners.setdefault("tags", owner_by_field["tags"])
        return owners

    def _label_of(self, mapped):
        return mapped.canonical.get("number") or mapped.record.remote_id

    # -- into Odoo ------------------------------------------------------------

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        mapped.on_create["connection_id"] = run.connection.id
        mapped.on_create["company_id"] = run.connection.company_id.id
        if not vals.get("name") and ("name" in vals or not mapped.binding):
            vals["name"] = self.env._("No subject")
        if "tags" in canonical:
            vals["tags"] = ", ".join(canonical["tags"] or ()) or False
