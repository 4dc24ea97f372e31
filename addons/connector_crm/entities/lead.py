from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.connector_base.engine import matching
from odoo.addons.connector_base.engine.fields import EntityField
from odoo.addons.connector_base.engine.names import split_name
from odoo.addons.connector_base.entities.address import address_fields
from odoo.addons.connector_base.entities.entity_match import Facts
from odoo.addons.connector_base.models.partner_sql import NAME_WORDS

PERSON_FIELDS = ("first_name", "last_name")
#: In percent: how much alike names must be where several people read a mail box.
ALIKE = 85


class ConnectorEntityLead(models.AbstractModel):
    """Somebody who may become a customer: a lead, until it is converted."""

    _name = "connector.entity.lead"
    _inherit = "connector.entity.trade"
    _description = "Connector Entity: Lead"

    _entity_model = "crm.lead"
    _entity_takes_objects = True
    _partner_field = "partner_id"
    _about_person = True
    _kept_in = dict.fromkeys(PERSON_FIELDS, ("contact_name",))

    def _entity_fields(self):
        _ = self.env._
        return [
            *super()._entity_fields(),
            EntityField(
                "name",
                "char",
                _("Lead"),
                "name",
                required=True,
                pii=True,
                made_of=(*PERSON_FIELDS, "company_name", "email"),
            ),
            EntityField("first_name", "char", _("First Name"), pii=True),
            EntityField("last_name", "char", _("Last Name"), pii=True),
            EntityField("company_name", "char", _("Company Name"), "partner_name"),
            EntityField(
                "email", "email", _("E-mail"), "email_from", pii=True, lenient=True
            ),
            EntityField("phone", "phone", _("Phone"), "phone", pii=True),
            EntityField("website", "url", _("Website"), "website"),
            EntityField("job", "char", _("Job Position"), "function"),
            *address_fields(self),
            EntityField("description", "text", _("Notes"), "description"),
            EntityField(
                "source",
                "value",
                _("Source"),
                "source_id",
                value_map="lead_source",
                relation="utm.source",
                on_unmapped="empty",
            ),
            EntityField(
                "status",
                "value",
                _("Status"),
                "stage_id",
                value_map="lead_status",
                relation="crm.stage",
                on_unmapped="empty",
            ),
            self._owner_field(),
            EntityField("is_converted", "boolean", _("Converted")),
            EntityField(
                "converted_company",
                "reference",
                _("Company It Became"),
                reference="customer.company",
            ),
            EntityField(
                "converted_contact",
                "reference",
                _("Contact It Became"),
                reference="customer.contact",
            ),
            EntityField(
                "converted_opportunity",
                "reference",
                _("Opportunity It Became"),
                reference="opportunity",
            ),
        ]

    def _owners(self, owner_by_field):
        owners = super()._owners(owner_by_field)
        for name in ("last_name", "company_name"):
            if name in owner_by_field:
                # Of which a title is made where none comes.
                owners.setdefault("name", owner_by_field[name])
        return owners

    def _eligible_domain(self):
        return (
            super()._eligible_domain()
            & Domain("type", "=", "lead")
            & Domain("converted_elsewhere", "=", False)
        )

    def _label_of(self, mapped):
        return mapped.canonical.get("name") or self._person(mapped.canonical)

    # -- into Odoo ------------------------------------------------------------

    def _person(self, canonical):
        parts = (canonical.get(name) for name in PERSON_FIELDS)
        return " ".join(part for part in parts if part)

    def _complete(self, run, mapped):
        """A lead without a title is called by its person, or by its company."""
        super()._complete(run, mapped)
        canonical = mapped.canonical
        made_of = {"name", "company_name", "email", *PERSON_FIELDS}
        if canonical.get("name") or (mapped.binding and not made_of & canonical.keys()):
            return
        title = (
            self._person(canonical)
            or canonical.get("company_name")
            or canonical.get("email")
        )
        if title or "name" in canonical:
            canonical["name"] = title or None

    def _derive(self, run, lookups, mapped):
        super()._derive(run, lookups, mapped)
        if set(PERSON_FIELDS) & mapped.canonical.keys():
            mapped.values["contact_name"] = self._person(mapped.canonical) or False

    def _create_records(self, vals_list):
        company = self.env.company
        common = {"type": "lead", "company_id": company.id, "user_id": False}
        if not all(vals.get("stage_id") for vals in vals_list):
            # As Odoo does, which would look it up for each of them.
            first = self.env["crm.lead"]._stage_find(domain=[("fold", "=", False)])
            common["stage_id"] = first.id
        return super()._create_records([common | vals for vals in vals_list])

    # -- out of Odoo ----------------------------------------------------------

    def _outgoing_context_fields(self):
        return [*super()._outgoing_context_fields(), "type", "converted_elsewhere"]

    def _is_archived(self, row):
        """What was converted lives on as something else: it is not archived there."""
        own = row["type"] == "lead" and not row["converted_elsewhere"]
        return own and super()._is_archived(row)

    def _read_back(self, name, value):
        if name == "contact_name" and value:
            return " ".join(value.split())
        return super()._read_back(name, value)

    def _derive_outgoing(self, run, lookups, out):
        super()._derive_outgoing(run, lookups, out)
        if out.wanted & set(PERSON_FIELDS):
            first, last = split_name(out.row["contact_name"] or "")
            parts = {"first_name": first or None, "last_name": last or None}
            out.canonical.update(
                {name: part for name, part in parts.items() if name in out.wanted}
            )

    # -- match ----------------------------------------------------------------

    def _match_methods(self):
        _, method = self.env._, matching.Method
        return [
            *super()._match_methods(),
            method("email", _("e-mail address"), threshold=ALIKE, weight=92),
            method("name_company", _("name and company"), weight=88),
        ]

    def _match_domain(self):
        return Domain("type", "=", "lead")

    def _match_facts(self, run, mapped):
        get = mapped.canonical.get
        return self._match_facts_of(
            self._person(mapped.canonical), get("company_name"), get("email")
        )

    def _match_facts_of(self, person, company, *emails):
        return Facts(
            name=person or company or "",
            key=matching.person_key(person) if person else "",
            # Companies of leads are names, no records.
            ref=matching.company_key(company) if company else None,
            emails=frozenset(matching.addresses(*emails)),
        )

    def _match_read(self, run, ids):
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, r.contact_name, r.partner_name, r.email_from, r.active
                  FROM crm_lead r
                 WHERE r.id IN %s AND r.type = 'lead'
                   AND r.converted_elsewhere IS NOT TRUE AND %s
                """,
                tuple(ids),
                self._match_eligible(run),
            )
        )
        found = {}
        for res_id, person, company, email, active in rows:
            found[res_id] = self._match_facts_of(person, company, email)
            found[res_id].active = bool(active)
        return found

    def _match_likeness(self, remote, ours):
        if not remote.key or not ours.key:
            return None
        return matching.likeness(remote.key, ours.key)

    def _match_hit(self, rule, remote, ours):
        if rule.method.name == "email":
            shared = remote.emails & ours.emails
            if any(not matching.is_shared_box(address) for address in shared):
                label = self.env._("same %s", rule.method.label)
                return rule.certain, [label], rule.method.weight
        return super()._match_hit(rule, remote, ours)

    def _match_keys_email(self, remote):
        return remote.emails

    def _match_find_email(self, run, rule, keys):
        self.env["crm.lead"].flush_model()
        return self.env.execute_query(
            SQL(
                "SELECT email_normalized, id FROM crm_lead"
                " WHERE type = 'lead' AND email_normalized = ANY(%s)",
                keys,
            )
        )

    def _match_keys_name_company(self, remote):
        return ((remote.key, remote.ref),) if remote.key and remote.ref else ()

    def _match_find_name_company(self, run, rule, keys):
        """Names are compared here: PostgreSQL only looks for their longest words."""
        self.env["crm.lead"].flush_model()
        wanted = set(keys)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT person, company, id FROM (
                    SELECT id, contact_name AS person, partner_name AS company,
                           contact_name AS name
                      FROM crm_lead
                     WHERE type = 'lead' AND contact_name IS NOT NULL
                       AND partner_name IS NOT NULL) AS leads
                 WHERE EXISTS (SELECT FROM unnest(%s) AS word
                                WHERE position(word IN %s) > 0)
                """,
                list({max(person.split(), key=len) for person, _company in keys}),
                SQL(NAME_WORDS),  # pylint: disable=sql-injection
            )
        )
        found = (
            (matching.person_key(person), matching.company_key(company), res_id)
            for person, company, res_id in rows
        )
        return [((p, c), i) for p, c, i in found if (p, c) in wanted]
