"""SQL of what partners are looked up by, the same in queries and in indexes."""

from ..engine.matching import MARKED_LETTERS, PLAIN_LETTERS

#: The bare host of a website, as PostgreSQL finds it: "https://www.x.com/" is "x.com".
#: An address below the first page is another one.
BARE_WEBSITE = "regexp_replace(lower(website), '^(https?://)?(www[.])?|/$', '', 'g')"
#: The same for what else matching looks partners up by: see engine/matching.py.
BARE_TAX = "upper(regexp_replace(vat, '[^A-Za-z0-9]', '', 'g'))"
BARE_ZIP = "upper(regexp_replace(zip, '[^A-Za-z0-9]', '', 'g'))"
MAIL_DOMAIN = "split_part(email_normalized, '@', 2)"
#: Odoo normalizes the first of several addresses only.
SEVERAL_ADDRESSES = "email ~ '@.*@'"
ADDRESS_WORDS = "regexp_split_to_array(lower(email), '[][,;:<>()[:space:]\"]+')"
#: What trigrams are made of; cheap, since each partner that is written pays for it.
NAME_PLAIN = f"translate(lower(name), '{MARKED_LETTERS}', '{PLAIN_LETTERS}')"
#: A name in which the words of its key are found, legal forms or not.
NAME_WORDS = f"regexp_replace(replace({NAME_PLAIN}, '.', ''), '([aou])e', '\\1', 'g')"
#: Only made when a rule needs it: it costs each partner that is written.
TRIGRAM_INDEX = "connector_match_partner_name_trgm"
PHONE_INDEX = "connector_match_partner_phone"
