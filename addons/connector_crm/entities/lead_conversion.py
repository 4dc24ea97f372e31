from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine.records import Problem
from odoo.addons.connector_base.entities.entity import WRITE_CONTEXT
from odoo.addons.connector_base.service_user import as_service

#: What an opportunity takes over from its lead, where it has nothing itself.
INHERITED = (
    *("source_id", "medium_id", "campaign_id", "contact_name", "partner_name"),
    *("email_from", "phone", "website", "function", "street", "street2", "city"),
    *("zip", "state_id", "country_id", "description"),
)
#: Of these those that say where it came from; the others the customer tells.
ORIGIN_FIELDS = frozenset({"source_id", "medium_id", "campaign_id"})
#: Among the values of a converted lead until it is known what it became.
PARTNER = "converted partner"


class ConnectorEntityLead(models.AbstractModel):
    """What becomes of a lead that was converted: one record with its opportunity.

    The opportunity is a parent of the lead, so that it is always there first, whichever
    of both is read first. Then a lead that Odoo knows is merged into it, as Odoo's own
    merge does it, history and all; one that Odoo doesn't know is bound to it. The
    vendor keeps such leads as they were; nothing of them is written from then on.

    A lead that became no opportunity is archived and linked to the customer it became.
    """

    _inherit = "connector.entity.lead"

    def _to_odoo(self, run, batch):
        super()._to_odoo(run, batch)
        became = self._leave_opportunities(batch)
        converted = [m for m in batch if m.canonical.get("is_converted")]
        if converted:
            self._take_converted(run, converted, became)

    def _leave_opportunities(self, batch):
        """A lead that became an opportunity in Odoo is not written as a lead again.

        :return: set of the Odoo ids of such
        """
        known = [mapped for mapped in batch if mapped.record_id]
        if not known:
            return set()
        leads = self.env["crm.lead"].with_context(active_test=False)
        became = leads.search(
            [
                ("id", "in", [mapped.record_id for mapped in known]),
                ("type", "=", "opportunity"),
            ]
        )
        ids = set(became.ids)
        for mapped in known:
            if mapped.record_id in ids:
                mapped.values = {}
        return ids

    def _take_converted(self, run, batch, became):
        """Turn converted leads into what they became, for the whole batch at once.

        :param became: Odoo ids of those that are opportunities already
        """
        opportunities = self._opportunities_of(run, batch)
        new = []
        for mapped in batch:
            partner_id = mapped.values.pop(PARTNER, None)
            if mapped.held:
                continue
            found = opportunities.get(id(mapped))
            if found is None:
                if mapped.record_id not in became:
                    self._retire(mapped, partner_id)
                continue
            if not mapped.record_id:
                mapped.record_id = found
                new.append(mapped)
                continue
            mapped.values = {}
            if mapped.record_id != found:
                self._join(mapped, found)
        self._inherit_values(new)

    def _opportunities_of(self, run, batch):
        """``{id of mapped: Odoo id of the opportunity that it became}``

        One that Odoo doesn't have yet is waited for. One that was deleted is not: it is
        reported, and the lead follows should it come back. Of several leads that became
        the same opportunity, the first one is it.
        """
        if not self._brings_opportunities(run):
            return {}
        field = self._entity_field("converted_opportunity")
        wanted = {m.canonical.get(field.name) for m in batch} - {None, ""}
        bindings = self.env["connector.binding"]
        found = bindings._res_ids(run.connection, field.reference, wanted)
        rows = found and bindings._rows(
            run.connection, run.entity_name, "res_id", list(found.values())
        )
        taken = {res_id: row["remote_id"] for res_id, row in rows.items()}
        result = {}
        for mapped in batch:
            remote_id = mapped.canonical.get(field.name) or None
            res_id = found.get(remote_id)
            if remote_id and not res_id:
                # One that the vendor doesn't have either is not waited for.
                waits = (field.reference, remote_id) not in run.absent
                mapped.problems.append(
                    self._unresolved_reference(run, field, remote_id, waits)
                )
            elif res_id:
                own = mapped.record.remote_id
                if taken.setdefault(res_id, own) == own:
                    result[id(mapped)] = res_id
        return result

    def _brings_opportunities(self, run):
        """Whether a flow of the connection brings opportunities at all."""
        if "brings_opportunities" not in run.tables:
            run.tables["brings_opportunities"] = any(
                flow.entity == "opportunity"
                and flow.active
                and flow.direction != "push"
                for flow in run.connection.flow_ids
            )
        return run.tables["brings_opportunities"]

    def _join(self, mapped, opportunity_id):
        """Merge the lead that Odoo knows into the opportunity that it became."""
        lead, opportunity = (
            self.env["crm.lead"]
            .with_context(**WRITE_CONTEXT)
            .browse([mapped.record_id, opportunity_id])
        )
        if lead.type != "lead":
            # A person has made it one in Odoo, too: two opportunities of one lead.
            mapped.problems.append(
                Problem(
                    "ambiguous_match",
                    "lead_converted_twice",
                    details={
                        "ours": lead.display_name,
                        "theirs": opportunity.display_name,
                    },
                )
            )
            return

        def merge(_part):
            lacking = self._inherited(opportunity, {n: lead[n] for n in INHERITED})
            winner, loser = as_service(opportunity), as_service(lead)
            winner._merge_dependences(loser)
            if lacking:
                winner.write(lacking)
            loser.unlink()
            self.env.flush_all()

        for _mapped, problem in self.env["connector.import"]._isolated([mapped], merge):
            mapped.problems.append(problem)
            return
        mapped.record_id = opportunity_id
        mapped.note = self.env._("The lead is one with its opportunity now.")

    def _inherited(self, opportunity, values):
        """What an opportunity lacks and its lead has.

        :param values: ``{Odoo field: value}`` of the lead
        """
        known = opportunity._fields
        names = ORIGIN_FIELDS if opportunity.partner_id else INHERITED
        return {
            name: known[name].convert_to_write(values[name], opportunity)
            for name in names
            if values.get(name) and not opportunity[name]
        }

    def _inherit_values(self, batch):
        """Leads that Odoo never knew give their opportunities what those lack."""
        leads = self.env["crm.lead"].browse([mapped.record_id for mapped in batch])
        for mapped, opportunity in zip(batch, leads, strict=True):
            mapped.values = self._inherited(opportunity, mapped.values)

    def _retire(self, mapped, partner_id):
        """Archive a lead that has become a customer, or nothing that Odoo takes."""
        mapped.values.update(active=False, converted_elsewhere=True)
        if partner_id:
            mapped.values["partner_id"] = partner_id

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if not mapped.canonical.get("is_converted"):
            return
        # The lead is over even where its customer isn't known yet: the link follows.
        partners = [
            self._referred_id(run, lookups, mapped, name, blocking=False)
            for name in ("converted_contact", "converted_company")
        ]
        mapped.values[PARTNER] = next(filter(None, partners), None)

    # -- archive --------------------------------------------------------------

    def _archive_records(self, record_ids):
        """The opportunity that a lead became outlives the lead."""
        leads = self.env["crm.lead"].with_context(active_test=False)
        open_ones = leads.search(
            Domain("id", "in", list(record_ids)) & Domain("type", "=", "lead")
        )
        super()._archive_records(open_ones.ids)
