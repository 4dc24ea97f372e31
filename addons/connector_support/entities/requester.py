import dataclasses

from odoo import models
from odoo.fields import Domain

from odoo.addons.connector_base.engine import matching
from odoo.addons.connector_base.engine.fields import EntityField

from ..engine.requesters import mail_key

#: Entity field -> Odoo field that keeps what the desk says of a partner.
KEPT = {"tags": "support_tags", "suspended": "support_suspended"}


class ConnectorEntitySupportRequester(models.AbstractModel):
    """A person who asks a desk: several addresses, and the organization's context.

    Somebody is known by each address. Those beside the first are kept as aliases, so
    that whoever writes from one of them is the same person.
    """

    _name = "connector.entity.support.requester"
    _inherit = ["connector.entity.support.context", "connector.entity.customer.contact"]
    _description = "Connector Entity: Support Requester"

    _entity_domain = "support"
    _entity_takes_objects = False

    def _entity_fields(self):
        _ = self.env._
        return [
            *(
                dataclasses.replace(
                    field,
                    label=_("Organization"),
                    reference="support.organization",
                )
                if field.name == "company"
                else field
                for field in super()._entity_fields()
            ),
            EntityField("role", "char", _("Role")),
            EntityField("locale", "char", _("Language Code")),
            EntityField("timezone", "char", _("Time Zone")),
            EntityField(
                "suspended", "boolean", _("Suspended at the Desk"), "support_suspended"
            ),
            EntityField("tags", "structure", _("Tags")),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name, odoo_field in (*KEPT.items(), ("locale", "lang"), ("timezone", "tz")):
            if name in owner_by_field:
                owners.setdefault(odoo_field, owner_by_field[name])
        return owners

    # -- into Odoo ------------------------------------------------------------

    def _eligible_domain(self):
        """Who is blocked at a desk can't be written there."""
        return super()._eligible_domain() & Domain("support_suspended", "=", False)

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        canonical, vals = mapped.canonical, mapped.values
        if "tags" in canonical:
            vals["support_tags"] = ", ".join(canonical["tags"] or ()) or False
        language = self._language(run, canonical.get("locale"))
        if language:
            vals["lang"] = language
        if canonical.get("timezone") in self._timezones(run):
            vals["tz"] = canonical["timezone"]

    def _language(self, run, code):
        """The installed language that a code means, as ``en-US`` or ``de``."""
        if not code:
            return None
        if "languages" not in run.tables:
            found = self.env["res.lang"].get_installed()
            run.tables["languages"] = {
                **{lang.partition("_")[0].lower(): lang for lang, _name in found},
                **{lang.lower(): lang for lang, _name in found},
            }
        languages, code = run.tables["languages"], code.replace("-", "_").lower()
        return languages.get(code) or languages.get(code.partition("_")[0])

    def _timezones(self, run):
        if "timezones" not in run.tables:
            field = self.env["res.partner"]._fields["tz"]
            pairs = field._description_selection(self.env)
            run.tables["timezones"] = {zone for zone, _name in pairs}
        return run.tables["timezones"]

    def _after_write(self, run, done):
        """Keep the addresses, and fill the tickets that waited for these people."""
        super()._after_write(run, done)
        aliases, by_ref, by_mail = {}, {}, {}
        ids = [mapped.record_id for mapped in done]
        partners = self.env["res.partner"].browse(ids)
        partners.fetch(["email"])
        own = {each.id: matching.addresses(each.email) for each in partners}
        for mapped in done:
            canonical, partner_id = mapped.canonical, mapped.record_id
            first = matching.addresses(canonical.get("email"))
            further = matching.addresses(canonical.get("other_emails")) - first
            if "other_emails" in canonical:
                # Who was known before keeps the address that Odoo has: the desk's first
                # one is then one of the others.
                aliases[partner_id] = (first | further) - own[partner_id]
            for address in first | further:
                if not matching.is_shared_box(address):
                    by_mail[mail_key(address)] = partner_id
            for remote_id in (mapped.record.remote_id, *mapped.record.merged_ids):
                by_ref[remote_id] = partner_id
        self.env["connector.partner.alias"]._replace(run.connection, "email", aliases)
        tickets = self.env["connector.ticket"]
        tickets._assign(run.connection, by_ref, moved=True)
        tickets._assign(run.connection, by_mail)

    # -- match ----------------------------------------------------------------

    def _match(self, run, batch):
        """Which of somebody's addresses is the first is each system's own matter."""
        super()._match(run, batch)
        asks = {line.field.name for line in run.compiled.lines if line.owner == "ask"}
        found = [each for each in batch if each.record_id and "email" in each.values]
        if not found or "email" not in asks:
            return
        partners = self.env["res.partner"].browse([each.record_id for each in found])
        partners.fetch(["email"])
        own = {each.id: matching.addresses(each.email) for each in partners}
        for mapped in found:
            if own[mapped.record_id] & self._addresses(mapped.canonical):
                # The desk knows Odoo's: there is nothing to ask about.
                mapped.agreed["email"] = mapped.values.pop("email")

    def _addresses(self, canonical):
        """All addresses that a desk has of somebody, lower case."""
        first = matching.addresses(canonical.get("email"))
        return first | matching.addresses(canonical.get("other_emails"))

    def _match_find_email(self, run, rule, keys):
        """By the aliases that a desk has told before, too."""
        return [
            *super()._match_find_email(run, rule, keys),
            *self.env["connector.partner.alias"]._find(run.connection, "email", keys),
        ]

    def _match_read(self, run, ids):
        facts = super()._match_read(run, ids)
        aliases = self.env["connector.partner.alias"].search_fetch(
            [
                ("partner_id", "in", list(facts)),
                ("kind", "=", "email"),
                ("company_id", "=", run.connection.company_id.id),
            ],
            ["partner_id", "value"],
        )
        for alias in aliases:
            known = facts[alias.partner_id.id]
            known.emails = known.emails | {alias.value}
        return facts
