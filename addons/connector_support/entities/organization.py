from odoo import models

from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.normalize import FREE_MAIL, normalize_domain


class ConnectorEntitySupportOrganization(models.AbstractModel):
    """A company at a desk: several domains, and what its agents are told of it.

    Whoever writes from one of its domains belongs to it. Domains at which anybody may
    have an address say nothing, whatever the desk has listed.
    """

    _name = "connector.entity.support.organization"
    _inherit = ["connector.entity.support.context", "connector.entity.customer.company"]
    _description = "Connector Entity: Support Organization"

    _entity_domain = "support"
    _entity_takes_objects = False

    def _entity_fields(self):
        _ = self.env._
        return [
            # Desks know no company above another.
            *(f for f in super()._entity_fields() if f.name != "parent"),
            EntityField("domains", "structure", _("Domains")),
            EntityField("details", "text", _("Details"), "support_details"),
            EntityField("notes", "text", _("Notes of the Desk"), "support_notes"),
            EntityField("tags", "structure", _("Tags")),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        if "tags" in owner_by_field:
            owners.setdefault("support_tags", owner_by_field["tags"])
        if "domains" in owner_by_field:
            owners.setdefault("website", owner_by_field["domains"])
        return owners

    # -- into Odoo ------------------------------------------------------------

    def _own_domains(self, mapped):
        """The domains that say which company it is, the first one first."""
        canonical = mapped.canonical
        listed = [canonical.get("domain"), *(canonical.get("domains") or ())]
        found = (normalize_domain(text) for text in listed if text)
        return list(dict.fromkeys(d for d in found if d and d not in FREE_MAIL))

    def _complete(self, run, mapped):
        canonical = mapped.canonical
        if not canonical.get("domain") and "domains" in canonical:
            own = self._own_domains(mapped)
            if own:
                canonical["domain"] = own[0]
        super()._complete(run, mapped)

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if "tags" in mapped.canonical:
            tags = ", ".join(mapped.canonical["tags"] or ())
            mapped.values["support_tags"] = tags or False

    def _after_write(self, run, done):
        """Keep the domains, by which unknown requesters are told whose they are."""
        super()._after_write(run, done)
        self.env["connector.partner.alias"]._replace(
            run.connection,
            "domain",
            {
                mapped.record_id: self._own_domains(mapped)
                for mapped in done
                if "domains" in mapped.canonical
            },
        )

    # -- match ----------------------------------------------------------------

    def _match_facts(self, run, mapped):
        facts = super()._match_facts(run, mapped)
        facts.domains = facts.domains | set(self._own_domains(mapped))
        return facts

    def _match_find_domain(self, run, rule, keys):
        """By the domains that a desk has told before, too."""
        return [
            *super()._match_find_domain(run, rule, keys),
            *self.env["connector.partner.alias"]._find(run.connection, "domain", keys),
        ]

    def _match_read(self, run, ids):
        facts = super()._match_read(run, ids)
        aliases = self.env["connector.partner.alias"].search_fetch(
            [
                ("partner_id", "in", list(facts)),
                ("kind", "=", "domain"),
                ("company_id", "=", run.connection.company_id.id),
            ],
            ["partner_id", "value"],
        )
        for alias in aliases:
            known = facts[alias.partner_id.id]
            known.domains = known.domains | {alias.value}
        return facts
