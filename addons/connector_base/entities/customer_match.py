from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import matching
from ..engine.normalize import FREE_MAIL, normalize_domain, normalize_phone
from ..models.partner_sql import (
    ADDRESS_WORDS,
    BARE_TAX,
    BARE_WEBSITE,
    BARE_ZIP,
    MAIL_DOMAIN,
    NAME_PLAIN,
    NAME_WORDS,
    SEVERAL_ADDRESSES,
)
from .entity_match import Facts

#: In percent: how much alike names must be for a find by something that several
#: companies or people share.
ALIKE = 85
#: Trigram similarity of names, in percent, from which on a person is asked.
FUZZY = 55
#: Below that, as a share, PostgreSQL isn't asked: nearly every name is that alike.
LEAST_ALIKE = 0.3
#: Most partners whose name is like one name.
MOST_ALIKE = 20
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

    # -- keys and finding -----------------------------------------------------

    def _match_rows(self, query, *args, **kwargs):
        self.env["res.partner"].flush_model()
        return self.env.execute_query(SQL(query, *args, **kwargs))

    def _match_keys_external_id(self, remote):
        return (remote.ref,) if remote.ref else ()

    def _match_find_external_id(self, run, rule, keys):
        return self._match_rows(
            "SELECT ref, id FROM res_partner WHERE ref = ANY(%s)", keys
        )

    def _match_keys_tax_id(self, remote):
        return (remote.tax,) if remote.tax else ()

    def _match_find_tax_id(self, run, rule, keys):
        spelled = {}
        for key in keys:
            for spelling in matching.tax_spellings(*key):
                spelled.setdefault(spelling, []).append(key)
        rows = self._match_rows(
            "SELECT %s, id FROM res_partner WHERE vat IS NOT NULL AND %s = ANY(%s)",
            SQL(BARE_TAX),  # pylint: disable=sql-injection
            SQL(BARE_TAX),  # pylint: disable=sql-injection
            list(spelled),
        )
        return [(key, i) for spelling, i in rows for key in spelled[spelling]]

    def _match_keys_email(self, remote):
        return remote.emails

    def _match_find_email(self, run, rule, keys):
        return self._match_rows(
            """
            SELECT email_normalized, id FROM res_partner
             WHERE email_normalized = ANY(%(keys)s)
             UNION
            SELECT k, p.id FROM res_partner p, unnest(%(words)s) AS k
             WHERE %(several)s AND %(words)s && %(keys)s::text[]
               AND k = ANY(%(keys)s)
            """,
            keys=keys,
            words=SQL(ADDRESS_WORDS),  # pylint: disable=sql-injection
            several=SQL(SEVERAL_ADDRESSES),  # pylint: disable=sql-injection
        )

    def _match_keys_phone(self, remote):
        return (remote.phone,) if remote.phone else ()

    def _match_find_phone(self, run, rule, keys):
        if "phone_sanitized" not in self.env["res.partner"]._fields:
            return []
        return self._match_rows(
            "SELECT phone_sanitized, id FROM res_partner"
            " WHERE phone_sanitized = ANY(%s)",
            keys,
        )

    def _match_keys_name_zip(self, remote):
        if not (remote.key and remote.zip and remote.country):
            return ()
        return ((remote.key, remote.zip, remote.country),)

    def _match_find_name_zip(self, run, rule, keys):
        """Names are compared here: PostgreSQL only looks for their longest word."""
        wanted = [
            (spelling, max(key[0].split(), key=len), number)
            for number, key in enumerate(keys)
            for spelling in matching.zip_spellings(key[1], key[2])
        ]
        spellings, longest, numbers = zip(*wanted, strict=True)
        countries = self._country_table(run)
        # The words of a name are made once for each partner, however many are wanted
        # of its postal code.
        rows = self._match_rows(
            """
            WITH k AS MATERIALIZED (
                SELECT *
                  FROM unnest(%(zips)s, %(words)s, %(countries)s::int[], %(numbers)s)
                       AS k(code, word, country, number)
            ), p AS MATERIALIZED (
                SELECT id, name, country_id, %(bare)s AS code, %(name)s AS words
                  FROM res_partner
                 WHERE zip IS NOT NULL AND %(bare)s = ANY(%(zips)s)
            )
            SELECT k.number, p.id, p.name FROM k
              JOIN p ON p.code = k.code
             WHERE p.country_id IS NOT DISTINCT FROM k.country
               AND position(k.word IN p.words) > 0
            """,
            zips=list(spellings),
            words=list(longest),
            countries=[countries.get(keys[number][2]) for number in numbers],
            numbers=list(numbers),
            bare=SQL(BARE_ZIP),  # pylint: disable=sql-injection
            name=SQL(NAME_WORDS),  # pylint: disable=sql-injection
        )
        return [
            (keys[number], res_id)
            for number, res_id, name in rows
            if self._match_name_key(name or "") == keys[number][0]
        ]

    def _match_keys_fuzzy_name(self, remote):
        return ((remote.key, remote.country),) if len(remote.key) > 3 else ()

    def _match_find_fuzzy_name(self, run, rule, keys):
        if not self.env["connector.match.rule"]._has_trigrams():
            return []
        countries = self._country_table(run)
        # Part of a name may be its legal form, which we don't have: PostgreSQL looks
        # for the name in the name, the whole is compared here.
        self.env.cr.execute(
            "SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)",
            (str(max(rule.threshold / 100, LEAST_ALIKE)),),
        )
        rows = self._match_rows(
            """
            SELECT k.number, p.id, p.name
              FROM unnest(%(names)s, %(countries)s)
                   WITH ORDINALITY AS k(wanted, country, number)
             CROSS JOIN LATERAL (
                SELECT p.id, p.name FROM res_partner p
                 WHERE %(plain)s %%> k.wanted
                   AND p.is_company IS NOT DISTINCT FROM %(is_company)s
                   AND (k.country = 0 OR p.country_id IS NULL
                        OR p.country_id = k.country)
                   AND %(free)s
                 ORDER BY word_similarity(k.wanted, %(plain)s) DESC, length(p.name)
                 LIMIT %(most)s
             ) AS p
            """,
            names=[key for key, _country in keys],
            countries=[countries.get(country, 0) for _key, country in keys],
            plain=SQL(NAME_PLAIN),  # pylint: disable=sql-injection
            is_company=self._match_is_company,
            free=self._match_free(run, "p"),
            most=MOST_ALIKE,
        )
        return [
            (keys[number - 1], res_id)
            for number, res_id, name in rows
            if matching.similarity(keys[number - 1][0], self._match_name_key(name))
            * 100
            >= rule.threshold
        ]

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

    def _match_keys_email(self, remote):
        # Free mail never makes a company match.
        return [mail for mail in remote.emails if matching.mail_domain(mail)]

    def _match_keys_domain(self, remote):
        return remote.domains

    def _match_find_domain(self, run, rule, keys):
        return self._match_rows(
            """
            SELECT %(site)s, id FROM res_partner
             WHERE website IS NOT NULL AND is_company AND %(site)s = ANY(%(keys)s)
             UNION
            SELECT %(mail)s, id FROM res_partner
             WHERE email_normalized IS NOT NULL AND is_company
               AND %(mail)s = ANY(%(keys)s)
            """,
            site=SQL(BARE_WEBSITE),  # pylint: disable=sql-injection
            mail=SQL(MAIL_DOMAIN),  # pylint: disable=sql-injection
            keys=keys,
        )


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

    def _match_keys_name_company(self, remote):
        return ((remote.key, remote.parent),) if remote.key and remote.parent else ()

    def _match_find_name_company(self, run, rule, keys):
        wanted = set(keys)
        rows = self._match_rows(
            "SELECT parent_id, id, name FROM res_partner WHERE parent_id = ANY(%s)",
            [parent for _key, parent in keys],
        )
        found = ((self._match_name_key(name or ""), p, i) for p, i, name in rows)
        return [((key, p), i) for key, p, i in found if (key, p) in wanted]
