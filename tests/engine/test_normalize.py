from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import odoo

from odoo.addons.connector_base.engine.normalize import (
    FREE_MAIL,
    country_code,
    fold,
    format_phone,
    normalize_domain,
    normalize_email,
    normalize_phone,
    storable,
)

# -- phones --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("030 901820", "DE", "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("1-212-555-0123", "US", "+12125550123"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("06 1234 5678", "IT", "+390612345678"),  # Italy keeps its zero
        ("03-1234-5678", "JP", "+81312345678"),
        ("(11) 91234-5678", "BR", "+5511912345678"),
        ("098765 43210", "IN", "+919876543210"),
        ("+41 44 668 18 00", "US", "+41446681800"),  # its own prefix wins
        ("tel:+33-1-23-45-67-89", None, "+33123456789"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("030 901820 ext. 12", "DE", "+4930901820"),
    ],
)
def test_a_phone_number_has_one_form(text, country, number):
    assert normalize_phone(text, country) == number


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("030 901820", None),  # of which country?
        ("030 901820", "XX"),
        ("030 901820", "Germany"),
        ("n/a", "DE"),
        ("", "DE"),
        ("12", "US"),
        ("0", "US"),
        ("call me", "US"),
        ("+999 123456", None),
        ("1234567890123456789012", "US"),
        ("jane@example.com", "DE"),
        ("😀", "DE"),
    ],
)
def test_what_can_be_no_phone_number_is_none(text, country):
    assert normalize_phone(text, country) is None
    assert format_phone(text, country) is None


def test_a_phone_number_is_shown_in_international_form():
    assert format_phone("030 901820", "DE") == "+49 30 901820"
    assert format_phone("2125550123", "US") == "+1 212-555-0123"


@given(st.text(max_size=40), st.sampled_from([None, "DE", "US", "JP", "zz"]))
def test_no_text_breaks_the_reading_of_phones(text, country):
    found = normalize_phone(text, country)

    assert found is None or normalize_phone(found) == found


# -- e-mail addresses ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "email"),
    [
        (" Jane.Doe@Example.COM ", "jane.doe@example.com"),
        ("Jane Doe <jane@example.com>", "jane@example.com"),
        ('"Doe, Jane" <jane@example.com>', "jane@example.com"),
        ("Doe, Jane jane@example.com", "jane@example.com"),
        ("mailto:jane@example.com", "jane@example.com"),
        ("'jane@example.com'", "jane@example.com"),
        ("jane@example.com.", "jane@example.com"),
        ("jane@example.com; ", "jane@example.com"),
        ("o'brien@example.ie", "o'brien@example.ie"),
        ("jane+news@mail.example.co.uk", "jane+news@mail.example.co.uk"),
        ("käthe@münchen.de", "käthe@münchen.de"),
    ],
)
def test_an_email_address_has_one_form(text, email):
    assert normalize_email(text) == email


@pytest.mark.parametrize(
    "text",
    ["", "jane", "jane@", "@example.com", "jane@localhost", "jane@example..com"]
    + ["jane at example.com", ".@a.b", "jane@.com", "n/a", "jane @example.com"]
    # Which of two is meant is nothing to guess.
    + ["a@example.com b@example.com", "a@example.com;b@example.com", "a@b@c.com"]
    # Half of an address would be somebody else's.
    + ["john,jane@example.com", "jane(work)@example.com", '"jane doe"@example.com'],
)
def test_what_is_no_single_email_address_is_none(text):
    assert normalize_email(text) is None


@given(st.text(max_size=60) | st.text("ab.@'<>,;: ", max_size=20))
def test_a_normal_email_address_is_its_own_normal_form(text):
    found = normalize_email(text)

    assert found is None or normalize_email(found) == found


@given(
    st.from_regex(
        r"[a-z0-9][a-z0-9._+'-]{0,20}@([a-z0-9]{1,9}\.){1,3}[a-z]{2,9}", fullmatch=True
    )
)
def test_a_plain_email_address_is_taken_whole(email):
    assert normalize_email(email.upper()) == email
    assert normalize_email(f"Somebody <{email}>") == email


@pytest.mark.parametrize("text", ["x" * 200_000 + "@y", "a'" * 100_000 + "@y", "@" * 9])
def test_a_long_text_is_read_in_no_time(text):
    assert normalize_email(text) is None


# -- domains -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("https://www.Example.com/about?x=1", "example.com"),
        ("HTTP://EXAMPLE.COM", "example.com"),
        ("example.com:8080", "example.com"),
        ("www.example.co.uk", "example.co.uk"),
        ("jane@Example.com", "example.com"),
        ("https://user:password@example.com/", "example.com"),
        (" example.com. ", "example.com"),
        ("//", None),
        ("example", None),
        ("", None),
        ("https://", None),
        ("not a domain", None),
        (".com", None),
        ("example..com", None),
        ("n/a", None),
    ],
)
def test_a_domain_is_bare(text, domain):
    assert normalize_domain(text) == domain


def test_a_domain_of_everybody_says_nothing_of_a_company():
    assert {"gmail.com", "outlook.com", "gmx.de"} <= FREE_MAIL
    assert all(normalize_domain(domain) == domain for domain in FREE_MAIL)


# -- countries -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("DEU", "DE"),
        ("gbr", "GB"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("Alemania", "DE"),
        ("Germania", "DE"),
        ("Duitsland", "DE"),
        ("Tyskland", "DE"),
        ("Niemcy", "DE"),
        ("ドイツ", "DE"),
        ("德国", "DE"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("u.s.", "US"),
        ("United States", "US"),
        ("United States of America", "US"),
        ("The United States", "US"),
        ("Vereinigte Staaten", "US"),
        ("UK", "GB"),
        ("U.K.", "GB"),
        ("England", "GB"),
        ("Great Britain", "GB"),
        ("united  KINGDOM", "GB"),
        ("The Netherlands", "NL"),
        ("Holland", "NL"),
        ("España", "ES"),
        ("espana", "ES"),
        ("Canary Islands", "ES"),
        ("Österreich", "AT"),
        ("Cote d'Ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Bosnia and Herzegovina", "BA"),
        ("Bosnia & Herzegovina", "BA"),
        ("Trinidad and Tobago", "TT"),
        ("Saint Lucia", "LC"),
        ("St. Lucia", "LC"),
        ("Guinea Bissau", "GW"),
        ("Guinea-Bissau", "GW"),
        ("Hong Kong", "HK"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Viet Nam", "VN"),
        ("Russian Federation", "RU"),
        ("Kosovo", "XK"),
    ],
)
def test_a_country_is_known_by_its_names(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "Atlantis", "n/a", "Europe", "EU", "European Union", "Unknown Region", "ZZ"]
    + ["Bavaria", "42", "world", "United", "DE FR"],
)
def test_what_is_no_country_is_none(text):
    assert country_code(text) is None


def odoo_countries():
    file = "addons/base/data/res_country_data.xml"
    # Addons from the package index share the name "odoo" with Odoo itself.
    path = next(p for folder in odoo.__path__ if (p := Path(folder, file)).exists())
    for record in etree.parse(path).iterfind(".//record[@model='res.country']"):
        name = record.findtext("field[@name='name']")
        code = record.find("field[@name='code']")
        yield name, (code.text or code.get("eval").strip("'")).upper()


def test_every_country_of_odoo_is_known_by_the_name_it_has_there():
    countries = dict(odoo_countries())
    countries["Northern Ireland"] = "GB"  # its code XI is for the VAT only

    assert len(countries) > 240
    assert {name: country_code(name) for name in countries} == countries


def test_no_code_comes_out_that_odoo_does_not_have():
    known = {code for _name, code in odoo_countries()}
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

    found = {country_code(one + other) for one in letters for other in letters}

    assert found - {None} <= known


# -- texts ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  São   Paulo ", "sao paulo"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("N.Y.", "ny"),
        ("Å", "a"),
        ("", ""),
    ],
)
def test_folding_forgets_case_accents_dots_and_blanks(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_storable_can_be_encoded_and_has_no_nul(text):
    assert b"\x00" not in storable(text).encode()
