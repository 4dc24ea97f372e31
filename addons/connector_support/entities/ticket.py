from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.paths import parse_path
from odoo.addons.connector_base.entities.entity import OPTIONS_MODEL

from ..engine.bodies import hide_texts, mask_body
from ..models.connector_ticket import OPEN_STATUSES

DONE_STATUSES = ("solved", "closed")
#: Entity fields that are never kept as they came.
HIDDEN = ("description", "requester_email")
#: Entity field -> Odoo fields that it has a part in.
MADE_OF = {
    "tags": ("tags",),
    "status": ("active",),
    "requester": ("partner_id", "requester_ref"),
    "requester_email": ("partner_id", "requester_ref"),
    "organization": ("partner_id",),
    "order_ref": ("sale_order_id",),
}


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
    #: A whole conversation says nothing to who reads a log.
    _unlogged_fields = frozenset({"description", "requester_ref"})

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
            EntityField("comments_count", "integer", _("Comments"), "comments_count"),
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
        for name, odoo_fields in MADE_OF.items():
            if name in owner_by_field:
                for odoo_field in odoo_fields:
                    owners.setdefault(odoo_field, owner_by_field[name])
        return owners

    def _label_of(self, mapped):
        return mapped.canonical.get("number") or mapped.record.remote_id

    def _kept_payload(self, flow, values):
        """Neither what people wrote nor their addresses: the policy keeps them out."""
        lines = flow.active_map_id.line_ids.filtered(lambda li: li.target in HIDDEN)
        paths = [parse_path(path) for path in lines.mapped("remote_path")]
        return hide_texts(super()._kept_payload(flow, values), paths)

    def _may_be_made(self, row):
        """Tickets are opened at the desk."""
        return False

    # -- into Odoo ------------------------------------------------------------

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        self._resolve_requesters(run, batch)
        self._link_orders(run, batch)

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        mapped.on_create["connection_id"] = run.connection.id
        mapped.on_create["company_id"] = run.connection.company_id.id
        if not vals.get("name") and ("name" in vals or not mapped.binding):
            vals["name"] = self.env._("No subject")
        if "tags" in canonical:
            vals["tags"] = ", ".join(canonical["tags"] or ()) or False
        if vals.get("status"):
            # What was deleted there stays to be found, apart from the others.
            vals["active"] = vals["status"] != "deleted"
        if canonical.get("reopens") is None:
            vals.pop("reopens", None)
        if "description" in vals:
            policy = self._policy(run)
            if not policy.keep_bodies:
                del vals["description"]
            elif policy.mask_bodies and vals["description"]:
                vals["description"] = mask_body(vals["description"])

    def _policy(self, run):
        """What the company has decided, as plain values, once a run."""
        if "support_policy" not in run.tables:
            policy = self.env["connector.support.policy"].sudo()._for(run.connection)
            run.tables["support_policy"] = policy._plain()
        return run.tables["support_policy"]

    def _check_changes(self, run, batch):
        """Count how often a ticket was reopened where the desk doesn't say it."""
        super()._check_changes(run, batch)
        reopened = [
            mapped
            for mapped in batch
            if mapped.canonical.get("reopens") is None
            and "status" in mapped.changes
            and mapped.changes["status"][0] in DONE_STATUSES
            and mapped.changes["status"][1] in OPEN_STATUSES
        ]
        tickets = self.env[self._entity_model].browse(m.record_id for m in reopened)
        for mapped, ticket in zip(reopened, tickets, strict=True):
            mapped.changes["reopens"] = (ticket.reopens, ticket.reopens + 1)
            mapped.values["reopens"] = ticket.reopens + 1

    def _link_orders(self, run, batch):
        """Find the sales orders that tickets name, by number or by our own key."""
        named = [mapped for mapped in batch if "order_ref" in mapped.canonical]
        refs = {m.canonical["order_ref"] for m in named} - {None, ""}
        orders = self._orders_by_ref(run, refs) if refs else {}
        askers = {self._customer_of(m) for m in named} - {None, False}
        owners = self._commercial_ids(askers) if orders else {}
        for mapped in named:
            ref, asker = mapped.canonical["order_ref"], self._customer_of(mapped)
            order_id, owner = orders.get(ref, (False, None))
            if order_id and owners.get(asker, owner) != owner:
                # A number that was mistyped must not show one customer's ticket on the
                # order of another.
                order_id = False
                mapped.note = self.env._(
                    "The sales order %s is another customer's.", ref
                )
            mapped.values["sale_order_id"] = order_id

    def _customer_of(self, mapped):
        """Who asks, as far as this page tells it, or what was agreed on before."""
        agreed = (mapped.binding or {}).get("agreed") or {}
        return mapped.values.get("partner_id", agreed.get("partner_id"))

    def _commercial_ids(self, partner_ids):
        """``{partner: the customer that it belongs to}``"""
        partners = self.env["res.partner"].browse(partner_ids).exists()
        return {partner.id: partner.commercial_partner_id.id for partner in partners}

    def _orders_by_ref(self, run, refs):
        """``{number or our key: (order, its customer)}``"""
        keyed = self.env["connector.binding"]._keyed_res_ids("sale.order", refs)
        orders = self.env["sale.order"].search_fetch(
            Domain("company_id", "=", run.connection.company_id.id)
            & (
                Domain("name", "in", list(refs)) | Domain("id", "in", [*keyed.values()])
            ),
            ["name", "partner_id"],
        )
        by_id = {
            order.id: (order.id, order.partner_id.commercial_partner_id.id)
            for order in orders
        }
        found = {order.name: by_id[order.id] for order in orders}
        found.update({key: by_id[i] for key, i in keyed.items() if i in by_id})
        return found

    # -- write ----------------------------------------------------------------

    def _archive_records(self, record_ids):
        """One that is gone at the desk is deleted there."""
        tickets = self.env[self._entity_model].browse(record_ids).exists()
        tickets.write({"active": False, "status": "deleted"})

    def _restored_values(self):
        # Its status says whether it is there.
        return {}
