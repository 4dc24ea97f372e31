"""What records are compared by: one form, however it was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import matching

names = st.text(st.characters(codec="utf-8"), max_size=40)


@pytest.mark.parametrize(
    "spelled",
    [
        "Müller & Söhne GmbH & Co. KG",
        "MUELLER + SOEHNE G.m.b.H.",
        "muller sohne",
        "Müller, Söhne",
    ],
)
def test_a_companys_name_is_one_however_it_is_spelled(spelled):
    assert matching.company_key(spelled) == "muller sohne"


def test_a_company_that_is_called_by_a_legal_form_keeps_its_name():
    assert matching.company_key("SE") == "se"
    assert matching.company_key("AG Co") == "ag"


def test_a_persons_name_is_one_in_any_order_and_with_any_title():
    assert matching.person_key("Dr. Doe, Jane") == matching.person_key("jane DOE")


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("acme logistics", "acme logistcs", 0.9, 0.99),
        ("acme", "acme france", 0.0, 0.6),
        ("acme 1", "acme 2", 0.0, 0.0),
        ("doe j", "doe jane", 0.9, 0.9),
        ("doe jane", "jim roe", 0.0, 0.6),
        ("", "acme", 0.0, 0.0),
    ],
)
def test_names_are_as_much_alike_as_people_find_them(one, other, least, most):
    assert least <= matching.likeness(one, other) <= most


def test_trigrams_are_counted_as_postgresql_counts_them():
    # SELECT show_trgm('acme'), similarity('acme', 'acme france');
    assert matching.trigrams("acme") == {"  a", " ac", "acm", "cme", "me "}
    assert round(matching.similarity("acme", "acme france"), 4) == 0.4167


@given(names, names)
def test_likeness_is_mutual_and_between_nothing_and_all(one, other):
    one, other = matching.company_key(one), matching.company_key(other)
    for measure in (matching.likeness, matching.similarity):
        assert 0.0 <= measure(one, other) <= 1.0
    assert matching.similarity(one, other) == matching.similarity(other, one)
    assert matching.likeness(one, one) == 1.0


@pytest.mark.parametrize(
    ("text", "country", "number"),
    [
        ("DE 811.569.869", None, ("811569869", "DE")),
        ("811569869", "DE", ("811569869", "DE")),
        ("EL123456789", None, ("123456789", "GR")),
        ("CHE-123.456.789 MWST", None, ("123456789", "CH")),
        ("NO 123 456 789 MVA", None, ("123456789", "NO")),
        ("/", "DE", None),
        ("n/a", None, None),
    ],
)
def test_a_tax_number_is_one_however_it_is_spelled(text, country, number):
    assert matching.tax_number(text, country) == number


@given(st.sampled_from(sorted(matching.TAX_PREFIXES)), st.integers(10**7, 10**10))
def test_every_spelling_of_a_tax_number_leads_back_to_it(prefix, digits):
    number, country = matching.tax_number(f"{prefix}{digits}")
    for spelled in matching.tax_spellings(number, country):
        assert matching.tax_number(spelled, country) == (number, country)


def test_all_addresses_of_a_text_are_found():
    text = "Jo <JO@x.example>; bob@y.example, no address@"
    assert matching.addresses(text, None) == {"jo@x.example", "bob@y.example"}


def test_some_mail_boxes_are_read_by_several():
    assert matching.is_shared_box("info@x.example")
    assert not matching.is_shared_box("ines@x.example")


def test_free_mail_has_no_domain():
    assert matching.mail_domain("jo@gmail.com") is None
    assert matching.mail_domain("jo@acme.example") == "acme.example"


def test_a_part_of_a_domain_is_the_same_house():
    assert matching.same_domain({"shop.acme.example"}, {"acme.example"})
    assert not matching.same_domain({"acme.example"}, {"xacme.example"})


@pytest.mark.parametrize(
    ("text", "country", "key"),
    [
        ("D-10115", "DE", "10115"),
        ("10115 ", None, "10115"),
        ("94107-1234", "US", "94107"),
        ("SW1A 1AA", "GB", "SW1A1AA"),
    ],
)
def test_a_postal_code_is_one_however_it_is_spelled(text, country, key):
    assert matching.zip_key(text, country) == key


@given(st.lists(st.integers(0, 100), max_size=5))
def test_findings_make_each_other_surer_and_never_quite_certain(weights):
    score = matching.combined(weights)
    assert 0 <= score <= 99
    assert score >= min(99, max(weights, default=0)) - 1
