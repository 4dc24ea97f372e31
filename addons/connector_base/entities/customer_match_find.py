import collections

from odoo import models
from odoo.tools import SQL

from ..engine import matching
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

#: Below that, as a share, PostgreSQL isn't asked: nearly every name is that alike.
LEAST_ALIKE = 0.3
#: Most partners whose name is like one name.
MOST_ALIKE = 20


class ConnectorEntityCustomer(models.AbstractModel):
    """What customers are looked for by, and the query of each rule."""

    _inherit = "connector.entity.customer"

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
        """Names are compared here: PostgreSQL only looks for their longest word.

        Each partner comes once, however many names are looked for at its postal code:
        a whole country's may share one.
        """
        countries = self._country_table(run)
        wanted, index = set(), collections.defaultdict(list)
        for key in keys:
            name, code, country = key
            word, country_id = max(name.split(), key=len), countries.get(country)
            for spelling in matching.zip_spellings(code, country):
                wanted.add((spelling, word, country_id))
                index[name, spelling, country_id].append(key)
        spellings, words, country_ids = zip(*wanted, strict=True)
        # The words of a name are made once for each partner.
        rows = self._match_rows(
            """
            WITH k AS MATERIALIZED (
                SELECT * FROM unnest(%(zips)s, %(words)s, %(countries)s::int[])
                         AS k(code, word, country)
            ), p AS MATERIALIZED (
                SELECT id, name, country_id, %(bare)s AS code, %(name)s AS words
                  FROM res_partner
                 WHERE zip IS NOT NULL AND %(bare)s = ANY(%(zips)s)
            )
            SELECT p.id, p.name, p.code, p.country_id FROM p
             WHERE EXISTS (
                SELECT FROM k
                 WHERE k.code = p.code
                   AND p.country_id IS NOT DISTINCT FROM k.country
                   AND position(k.word IN p.words) > 0)
            """,
            zips=list(spellings),
            words=list(words),
            countries=list(country_ids),
            bare=SQL(BARE_ZIP),  # pylint: disable=sql-injection
            name=SQL(NAME_WORDS),  # pylint: disable=sql-injection
        )
        return [
            (key, res_id)
            for res_id, name, code, country_id in rows
            for key in index.get(
                (self._match_name_key(name or ""), code, country_id), ()
            )
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


class ConnectorEntityCompany(models.AbstractModel):
    _inherit = "connector.entity.customer.company"

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
