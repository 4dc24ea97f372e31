from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.normalize import fold
from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.service_user import as_service

#: A longer text is a remark, not a reason to choose from a list.
LONGEST_REASON = 64
#: Entity field that decides over Odoo fields made of several values; the first one
#: that the map has.
OWNED_BY = {
    "amount": ("expected_revenue", "deal_amount", "deal_currency_id"),
    "stage": ("active", "probability", "lost_reason_id"),
    "company": ("partner_id",),
    "contacts": ("partner_id",),
    "is_closed": ("active", "probability", "lost_reason_id"),
    "lost_reason": ("lost_reason_id",),
}
#: Entity field -> Odoo fields that it is read from, where it has none of its own.
READ_FROM = {
    "currency": {"deal_currency_id"},
    "is_closed": {"active", "probability"},
    "is_won": {"probability"},
    "lost_reason": {"lost_reason_id"},
}


class ConnectorEntityOpportunity(models.AbstractModel):
    """A deal: an opportunity with customer, amount, stage and outcome."""

    _name = "connector.entity.opportunity"
    _inherit = "connector.entity"
    _description = "Connector Entity: Opportunity"

    _entity_model = "crm.lead"
    _entity_domain = "crm"
    _amount_field = "expected_revenue"
    _partner_field = "partner_id"

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField("name", "char", _("Opportunity"), "name", required=True),
            EntityField("amount", "money", _("Amount")),
            EntityField("currency", "currency", _("Currency")),
            EntityField("close_date", "date", _("Expected Closing"), "date_deadline"),
            EntityField("description", "text", _("Notes"), "description"),
            EntityField("is_closed", "boolean", _("Closed")),
            EntityField("is_won", "boolean", _("Won")),
            EntityField("lost_reason", "char", _("Lost Reason")),
            EntityField(
                "pipeline",
                "value",
                _("Pipeline"),
                "team_id",
                value_map="pipeline",
                relation="crm.team",
            ),
            EntityField(
                "stage",
                "value",
                _("Stage"),
                "stage_id",
                value_map="deal_stage",
                relation="crm.stage",
            ),
            EntityField(
                "owner",
                "value",
                _("Owner"),
                "user_id",
                value_map="owner",
                relation="res.users",
                on_unmapped="empty",
            ),
            EntityField(
                "company", "reference", _("Company"), reference="customer.company"
            ),
            EntityField(
                "contacts",
                "references",
                _("Contact"),
                "deal_contact_ids",
                reference="customer.contact",
            ),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_fields in OWNED_BY.items():
            if name in owner_by_field:
                for odoo_field in odoo_fields:
                    owners.setdefault(odoo_field, owner_by_field[name])
        if owners.get("probability") == "remote" and "stage" in owner_by_field:
            # Who may win or lose the deal moves its probability with it: brought back
            # by itself, it would make a lost deal an open one.
            owners["probability"] = owner_by_field["stage"]
        return owners

    def _watched_fields(self, targets):
        names = super()._watched_fields(targets)
        for target in targets:
            names |= READ_FROM.get(target, set())
        return names

    def _unsure_fields(self, idle):
        names = super()._unsure_fields(idle)
        if "currency" in idle:
            names.add("amount")
        if "is_won" in idle:
            # A deal that is closed would count as lost.
            names.add("is_closed")
        return names

    def _eligible_domain(self):
        return super()._eligible_domain() & Domain("type", "=", "opportunity")

    def _amount_of(self, mapped):
        amount = mapped.canonical.get("amount")
        return (amount, mapped.canonical.get("currency") or None) if amount else None

    # -- into Odoo ------------------------------------------------------------

    def _derive(self, run, lookups, mapped):
        self._derive_amount(run, mapped)
        self._derive_customer(run, lookups, mapped)
        self._derive_outcome(run, mapped)

    def _derive_amount(self, run, mapped):
        canonical = mapped.canonical
        if "amount" not in canonical:
            return
        amount = canonical["amount"]
        revenue, currency = self._company_amount(
            run, mapped, "amount", amount, canonical.get("currency") or None
        )
        own = run.connection.company_id.currency_id
        # Rounded as Odoo stores it, so that an unchanged amount compares equal.
        mapped.values.update(
            expected_revenue=own.round(revenue or 0.0),
            deal_amount=(currency or own).round(float(amount or 0)),
            deal_currency_id=currency.id if currency else False,
        )

    def _derive_customer(self, run, lookups, mapped):
        """The customer is the first contact, of whom Odoo knows the company."""
        canonical = mapped.canonical
        company_ref = canonical.get("company") or None
        company = lookups.references.get(("customer.company", company_ref))
        if company_ref and not company:
            field = self._entity_field("company")
            mapped.problems.append(
                self._unresolved_reference(run, field, company_ref, True)
            )
        contacts = (
            lookups.references.get(("customer.contact", remote_id))
            for remote_id in canonical.get("contacts") or ()
        )
        contact = next((record_id for record_id in contacts if record_id), None)
        if {"company", "contacts"} & canonical.keys():
            mapped.values["partner_id"] = contact or company or False

    def _derive_outcome(self, run, mapped):
        canonical, vals = mapped.canonical, mapped.values
        if canonical.get("is_closed") is None:
            return
        if canonical["is_closed"] and not canonical.get("is_won"):
            # Odoo's lost deals keep the stage that they were lost in.
            mapped.problems = [p for p in mapped.problems if p.field != "stage"]
            if not vals.get("stage_id"):
                vals.pop("stage_id", None)
            vals.update(active=False, probability=0)
            vals["lost_reason_id"] = self._lost_reason_id(run, mapped)
            return
        vals.update(active=True, lost_reason_id=False)
        if not vals.get("stage_id"):
            vals.pop("stage_id", None)
            return
        stage = self._stage_table(run).get(vals["stage_id"])
        won = bool(canonical.get("is_won"))
        if stage and stage["is_won"] != won:
            mapped.problems.append(
                Problem(
                    "mapping",
                    "stage_not_won" if won else "stage_won",
                    field="stage",
                    cause=stage["name"],
                    params={"stage": stage["name"]},
                )
            )
        elif won:
            vals["probability"] = 100

    def _stage_table(self, run):
        if "stages" not in run.tables:
            stages = self.env["crm.stage"].search_fetch([], ["name", "is_won"])
            run.tables["stages"] = {
                stage.id: {"name": stage.name, "is_won": stage.is_won}
                for stage in stages
            }
        return run.tables["stages"]

    def _lost_reason_id(self, run, mapped):
        text = (mapped.canonical.get("lost_reason") or "").strip()
        if not text:
            return False
        if len(text) > LONGEST_REASON or "\n" in text:
            mapped.note = self.env._("Why it was lost, in the remote system: %s", text)
            return False
        if "lost_reasons" not in run.tables:
            reasons = self.env["crm.lost.reason"].search_fetch([], ["name"])
            run.tables["lost_reasons"] = {fold(r.name): r.id for r in reasons}
        table = run.tables["lost_reasons"]
        if fold(text) not in table:
            reasons = as_service(self.env["crm.lost.reason"])
            table[fold(text)] = reasons.create({"name": text}).id
        return table[fold(text)]

    # -- write ----------------------------------------------------------------

    def _create_records(self, vals_list):
        company = self.env.company
        return super()._create_records(
            [
                # Without owner it is nobody's, not the scheduler's.
                {"type": "opportunity", "company_id": company.id, "user_id": False}
                | vals
                for vals in vals_list
            ]
        )

    def _write_records(self, record_ids, vals):
        closed = self.env["crm.lead"]
        if {"active", "stage_id"} & vals.keys():
            leads = closed.browse(record_ids)
            closed = leads.filtered(lambda lead: not self._is_open(lead))
        super()._write_records(record_ids, vals)
        for lead in as_service(closed.filtered(self._is_open)):
            # As Odoo's own button "Restore" does.
            lead._compute_probabilities()
            lead.probability = lead.automated_probability

    def _is_open(self, lead):
        return lead.active and not lead.stage_id.is_won

    def _restored_values(self):
        # A lost deal is archived in Odoo, too: the outcome decides, see above.
        return {}

    # -- value maps -----------------------------------------------------------

    def _value_domain(self, line):
        if line.res_model == "crm.team":
            return [("company_id", "in", [False, line.company_id.id])]
        return super()._value_domain(line)

    def _value_label(self, line):
        """Pipelines have stages of the same name."""
        label = super()._value_label(line)
        pipeline = (line.hints or {}).get("pipeline")
        return f"{label} ({pipeline})" if pipeline else label

    def _suggest_value(self, line):
        hints = line.hints or {}
        if line.res_model == "crm.stage":
            if hints.get("is_lost"):
                return self.env["crm.stage"], True
            if hints.get("is_won"):
                won = self.env["crm.stage"].search([("is_won", "=", True)])
                return (won, True) if len(won) == 1 else super()._suggest_value(line)
            return super()._suggest_value(line) or self._suggest_by_probability(hints)
        if line.res_model == "crm.team":
            teams = self.env["crm.team"].search(self._value_domain(line), limit=2)
            if len(teams) == 1:
                return teams, False
        return super()._suggest_value(line)

    def _suggest_by_probability(self, hints):
        """The open stage that lies as far along as the remote one."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)])
        if not stages or hints.get("probability") is None:
            return None
        position = int(float(hints["probability"]) * len(stages))
        return stages[min(position, len(stages) - 1)], False
