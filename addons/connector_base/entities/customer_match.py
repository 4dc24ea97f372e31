from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import matching
from ..engine.normalize import FREE_MAIL, normalize_domain, normalize_phone
from .entity_match import Facts

#: In percent: how much alike names must be for a find by something that several
#: companies or people share.
ALIKE = 85
#: Trigram similarity of names, in percent, from which on a person is asked.
FUZZY = 55
COLUMNS = (
    *("id", "name", "ref", "email", "email_normalized", "website", "vat", "phone"),
    *("zip", "city", "country_id", "parent_id", "active"),
)


class ConnectorEntityCustomer(models.AbstractModel):
    """How customers are found among the partners."""

    _inherit = "connector.entity.customer"

    #: Whether its partners are companies.
    _match_is_company = False

    def _match_methods(self):
        _, method = self.env._, matching.Method
        return [
            *super()._match_methods(),
            method("external_id", _("reference"), weight=97),
            method("tax_id", _("tax ID"), weight=95),
            # How much alike names must be where an address is shared: info@…
            method("email", _("e-mail address"), threshold=ALIKE, weight=92),
            method("phone", _("phone number"), threshold=ALIKE, weight=75),
        ]

    def _match_domain(self):
        return Domain("is_company", "=", self._match_is_company)

    def _match_fuzzy(self):
        return matching.Method(
            "fuzzy_name",
            self.env._("or similar name"),
            certain=False,
            active=False,
            threshold=FUZZY,
            weight=60,
            exact=False,
        )

    # -- facts ----------------------------------------------------------------

    def _match_facts(self, run, mapped):
        canonical = mapped.canonical
        get = canonical.get
        country = get("country") or None
        name = get("name") or ""
        emails = matching.addresses(get("email"), get("other_emails"))
        phone = get("phone")
        return Facts(
            name=name,
            key=self._match_name_key(name),
            ref=get("ref") or get("odoo.ref") or None,
            emails=frozenset(emails),
            domains=self._match_domains(get("domain") or get("website"), emails),
            phone=phone
            and (
                mapped.on_create.get("phone_sanitized")
                or normalize_phone(phone, country)
            ),
            zip=matching.zip_key(get("zip"), country) if get("zip") else None,
            city=get("city") or None,
            country=country,
            tax=matching.tax_number(get("tax_id"), country) if get("tax_id") else None,
            parent=mapped.values.get("parent_id") or None,
        )

    def _match_name_key(self, name):
        raise NotImplementedError

    def _match_domains(self, website, emails):
        """Domains that say which company it is: of its website, else of its mail."""
        domain = normalize_domain(website) if website else None
        if domain:
            return frozenset() if domain in FREE_MAIL else frozenset({domain})
        return frozenset(filter(None, map(matching.mail_domain, emails)))

    def _match_read(self, run, ids):
        self.env["res.partner"].flush_model()
        sanitized = "phone_sanitized" in self.env["res.partner"]._fields
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT %s, %s AS dialled FROM res_partner p
                 WHERE id IN %s AND is_company IS NOT DISTINCT FROM %s AND %s AND %s
                """,
                SQL(", ").join(SQL.identifier("p", name) for name in COLUMNS),
                SQL("phone_sanitized") if sanitized else SQL("NULL"),
                tuple(ids),
                self._match_is_company,
                self._match_of_company(run, "p"),
                self._match_free(run, "p"),
            )
        )
        codes = {i: code for code, i in self._country_table(run).items()}
        return {row["id"]: self._match_facts_of_row(row, codes) for row in rows}

    def _match_facts_of_row(self, row, codes):
        country = codes.get(row["country_id"])
        name = row["name"] or ""
        emails = matching.addresses(row["email"], row["email_normalized"])
        phone = row["dialled"] or row["phone"]
        return Facts(
            name=name,
            key=self._match_name_key(name),
            ref=row["ref"],
            emails=frozenset(emails),
            domains=self._match_domains(row["website"], emails),
            phone=phone and (row["dialled"] or normalize_phone(phone, country)),
            zip=matching.zip_key(row["zip"], country) if row["zip"] else None,
            city=row["city"],
            country=country,
            tax=matching.tax_number(row["vat"], country) if row["vat"] else None,
            parent=row["parent_id"],
            active=bool(row["active"]),
        )

    # -- judging --------------------------------------------------------------

    def _match_likeness(self, remote, ours):
        if not remote.key or not ours.key:
            return None
        return matching.likeness(remote.key, ours.key)

    def _match_contradictions(self, remote, ours):
        _ = self.env._
        against = []
        if remote.tax and ours.tax and remote.tax[0] != ours.tax[0]:
            against.append(_("other tax ID"))
        if remote.country and ours.country and remote.country != ours.country:
            against.append(_("other country"))
        return against

    def _match_reasons(self, remote, ours):
        _ = self.env._
        reasons = []
        if remote.key and remote.key == ours.key:
            reasons.append(_("same name"))
        if remote.city and ours.city:
            same = matching.words(remote.city) == matching.words(ours.city)
            reasons.append(_("same city") if same else _("other city"))
        return reasons

    def _match_hit(self, rule, remote, ours):
        if rule.method.name == "email":
            shared = remote.emails & ours.emails
            if any(not matching.is_shared_box(address) for address in shared):
                # A person's own mail box: whoever is called otherwise now.
                return rule.certain, self._match_same(rule), rule.method.weight
        if rule.method.name == "fuzzy_name":
            alike = matching.likeness(remote.key, ours.key)
            text = self.env._("names %s %% alike", round(alike * 100))
            return rule.certain, [text], rule.method.weight * max(alike, 0.5)
        return super()._match_hit(rule, remote, ours)

    def _match_same(self, rule):
        return [self.env._("same %s", rule.method.label)]


class ConnectorEntityCompany(models.AbstractModel):
    _inherit = "connector.entity.customer.company"

    _match_is_company = True

    def _match_methods(self):
        _, method = self.env._, matching.Method
        return [
            *super()._match_methods(),
            method("domain", _("domain"), threshold=ALIKE, weight=85),
            method("name_zip", _("name, postal code and country"), weight=90),
            self._match_fuzzy(),
        ]

    def _match_name_key(self, name):
        return matching.company_key(name)

    def _match_facts(self, run, mapped):
        facts = super()._match_facts(run, mapped)
        if facts.domains and normalize_domain(facts.name or "-") in facts.domains:
            # Called by its domain, for want of a name.
            facts.key = ""
        return facts

    def _match_contradictions(self, remote, ours):
        against = super()._match_contradictions(remote, ours)
        if (
            remote.domains
            and ours.domains
            and not matching.same_domain(remote.domains, ours.domains)
        ):
            against.append(self.env._("other domain"))
        return against


class ConnectorEntityContact(models.AbstractModel):
    _inherit = "connector.entity.customer.contact"

    def _match_methods(self):
        _, method = self.env._, matching.Method
        return [
            *super()._match_methods(),
            method("name_company", _("name and company"), weight=88),
            method(
                "name_zip",
                _("name, postal code and country"),
                certain=False,
                weight=75,
            ),
            self._match_fuzzy(),
        ]

    def _match_name_key(self, name):
        return matching.person_key(name)

    def _match_contradictions(self, remote, ours):
        against = super()._match_contradictions(remote, ours)
        own, others = (
            {mail for mail in facts.emails if not matching.is_shared_box(mail)}
            for facts in (remote, ours)
        )
        if own and others and not own & others and not remote.emails & ours.emails:
            against.append(self.env._("other e-mail address"))
        return against

    def _match_hit(self, rule, remote, ours):
        look = super()._match_hit(rule, remote, ours)
        if rule.method.name == "phone" and look and not look[0] and rule.certain:
            # The number of a switchboard: that of everybody who works there.
            return None
        return look
