"""Writing to Freshdesk: whatever breaks, nothing is made twice."""

import pytest
from simulators.freshdesk import errors as answers

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_support.providers.freshdesk import (
    fields,
    writers,
)

from .freshdesk_desk import HOUR, Builder

FIELD = "custom_fields.odoo_account_tier"


@pytest.fixture
def desk(freshdesk):
    return Builder(freshdesk)


@pytest.fixture
def writer(freshdesk_client):
    """Make the writer of a stream."""
    return lambda stream, **options: writers.writer_of(
        freshdesk_client(**options), stream
    )


def row(key="k-1", remote_id=None, **values):
    return OutgoingRow(key, values, remote_id and str(remote_id))


def custom(name, value):
    return {f"custom_fields.{name}": value}


def done(results):
    """The ids of rows that all went well."""
    for result in results:
        if result.error:
            raise result.error
    return [int(result.remote_id) for result in results]


def refused(results):
    [result] = results
    return result.error


# -- contacts -------------------------------------------------------------------


def test_a_contact_is_made_with_our_key(desk, writer, freshdesk):
    company = desk.company()
    values = {"name": "Ada", "email": "ada@acme.example", "phone": None}
    new = row(**values, company_id=str(company["id"]))
    [contact_id] = done(writer("contacts").create([new]))
    contact = freshdesk.shape("contact", contact_id)
    assert contact["unique_external_id"] == "k-1"
    assert contact["company_id"] == company["id"]


def test_a_second_try_takes_up_what_the_first_has_made(writer, freshdesk):
    values = {"name": "Ada", "email": "ada@acme.example"}
    first = done(writer("contacts").create([row(**values)]))
    changed = {"name": "Ada L.", "email": "other@acme.example", "phone": "1"}
    second = done(writer("contacts").create([row(**changed)]))
    assert first == second
    assert freshdesk.store.count("contact") == 1
    assert freshdesk.shape("contact", first[0])["phone"] == "1"


def test_an_answer_that_is_lost_makes_no_second_contact(writer, freshdesk):
    freshdesk.faults.add("drop", worked=True, times=3, method="POST")
    new = row(name="Ada", email="ada@acme.example")
    [result] = writer("contacts").create([new])
    if result.error:
        freshdesk.faults.clear()
        [result] = writer("contacts").create([new])
    assert result.error is None
    assert freshdesk.store.count("contact") == 1


@pytest.mark.parametrize("address", ["ada@acme.example", "ada@home.example"])
def test_an_address_that_somebody_has_names_who(desk, writer, freshdesk, address):
    there = desk.contact(email="ada@acme.example", other_emails=["ada@home.example"])
    error = refused(writer("contacts").create([row(name="Ada", email=address)]))
    assert isinstance(error, errors.AmbiguousMatch)
    assert error.params["candidates"] == [str(there["id"])]
    assert freshdesk.store.count("contact") == 1


def test_who_it_is_is_looked_up_where_the_refusal_doesnt_say(desk, writer, monkeypatch):
    there = desk.contact(email="ada@acme.example")
    taken = answers.taken
    monkeypatch.setattr(answers, "taken", lambda field, **info: taken(field))
    new = row(name="Ada", email="ada@acme.example")
    error = refused(writer("contacts").create([new]))
    assert error.params["candidates"] == [str(there["id"])]


def test_a_changed_address_that_somebody_has_names_who(desk, writer):
    one, two = desk.contacts(2)
    changed = row(remote_id=one["id"], email=two["email"])
    error = refused(writer("contacts").update([changed]))
    assert isinstance(error, errors.AmbiguousMatch)
    assert error.params["candidates"] == [str(two["id"])]


@pytest.mark.parametrize("state", ["deleted", "blocked"])
def test_a_contact_that_is_only_to_be_read_is_gone(desk, writer, state):
    contact = desk.contact(email="ada@acme.example", **{state: True})
    changed = row(remote_id=contact["id"], phone="1")
    error = refused(writer("contacts").update([changed]))
    assert isinstance(error, errors.RemoteNotFound)


def test_a_contact_is_emptied_and_archived(desk, writer, freshdesk):
    contact = desk.contact(email="ada@acme.example", phone="1")
    done(writer("contacts").update([row(remote_id=contact["id"], phone=None)]))
    assert freshdesk.shape("contact", contact["id"])["phone"] is None
    done(writer("contacts").archive([row(remote_id=contact["id"])]))
    assert freshdesk.shape("contact", contact["id"])["deleted"]
    # A second time it is gone already.
    error = refused(writer("contacts").archive([row(remote_id=contact["id"])]))
    assert isinstance(error, errors.RemoteNotFound)


def test_a_refused_row_leaves_its_neighbours_alone(writer):
    rows = [
        row("a", name="A", email="a@acme.example"),
        row("b", name="B", email="no address"),
        row("c", name="C", email="c@acme.example"),
    ]
    first, second, third = writer("contacts").create(rows)
    assert first.remote_id and third.remote_id
    assert isinstance(second.error, errors.InvalidRecord)
    assert second.error.params["property"] == "email"


def test_behind_a_limit_nothing_is_sent(writer, freshdesk):
    freshdesk.meter.plan = {"total": 2}
    rows = [row(key, name=key, email=f"{key}@acme.example") for key in "abcde"]
    results = writer("contacts").create(rows)
    assert [bool(result.remote_id) for result in results] == [True] * 2 + [False] * 3
    assert all(isinstance(each.error, errors.RateLimited) for each in results[2:])
    assert freshdesk.requests.count(method="POST") == 3


# -- companies ------------------------------------------------------------------


def test_a_company_is_made_with_our_key(writer, freshdesk):
    [company_id] = done(
        writer("companies").create([row(name="Acme", domains=["acme.example"])])
    )
    company = freshdesk.shape("company", company_id)
    assert company["custom_fields"]["odoo_key"] == "k-1"
    assert company["domains"] == ["acme.example"]


@pytest.mark.parametrize("lag", [0, HOUR])
@pytest.mark.parametrize("told", [True, False])
def test_a_company_is_made_once_even_before_search_knows_it(
    writer, freshdesk, monkeypatch, lag, told
):
    freshdesk.search.lag = lag
    taken = answers.taken
    if not told:
        monkeypatch.setattr(answers, "taken", lambda field, **info: taken(field))
    first = done(writer("companies").create([row(name="Acme", domains=[])]))
    again = row(name="Acme", note="Again", domains=["acme.example"])
    assert done(writer("companies").create([again])) == first
    assert freshdesk.store.count("company") == 1
    assert freshdesk.shape("company", first[0])["note"] == "Again"


def test_a_company_whose_name_has_changed_is_found_by_its_key(writer, freshdesk):
    first = done(writer("companies").create([row(name="Acme")]))
    assert done(writer("companies").create([row(name="Acme Ltd")])) == first
    assert freshdesk.shape("company", first[0])["name"] == "Acme Ltd"


def test_an_answer_that_is_lost_makes_no_second_company(writer, freshdesk):
    writers.prepare(writer("companies").client, "companies")
    freshdesk.faults.add("drop", worked=True, times=3, method="POST")
    [result] = writer("companies").create([row(name="Acme")])
    if result.error:
        freshdesk.faults.clear()
        [result] = writer("companies").create([row(name="Acme")])
    assert result.error is None
    assert freshdesk.store.count("company") == 1


@pytest.mark.parametrize(
    "values", [{"name": "ACME"}, {"name": "Acme Ltd", "domains": ["acme.example"]}]
)
@pytest.mark.parametrize("told", [True, False])
def test_a_name_or_domain_that_a_company_has_names_it(
    desk, writer, freshdesk, monkeypatch, values, told
):
    there = desk.company("Acme", domains=["acme.example"])
    taken = answers.taken
    if not told:
        monkeypatch.setattr(answers, "taken", lambda field, **info: taken(field))
    error = refused(writer("companies").create([row(**values)]))
    assert isinstance(error, errors.AmbiguousMatch)
    assert error.params["candidates"] == [str(there["id"])]
    assert freshdesk.store.count("company") == 1


def test_many_companies_cost_a_search_for_ten(writer, freshdesk):
    writers.prepare(writer("companies").client, "companies")
    freshdesk.requests.clear()
    rows = [row(f"12345678-res.partner-{n}", name=f"C {n}") for n in range(20)]
    done(writer("companies").create(rows))
    assert freshdesk.requests.count(template="search") == 2
    assert freshdesk.requests.count(method="POST") == 20
    assert freshdesk.requests.count() == 23


def test_companies_are_not_deleted(desk, writer, freshdesk):
    company = desk.company()
    error = refused(writer("companies").archive([row(remote_id=company["id"])]))
    assert isinstance(error, errors.InvalidRecord)
    assert freshdesk.store.count("company") == 1


# -- fields of our own ----------------------------------------------------------


def test_fields_are_made_when_they_are_first_sent(desk, writer, freshdesk):
    company = desk.company()
    values = {
        **custom("odoo_account_tier", "Gold"),
        **custom("odoo_overdue_amount", "1250.5"),
        **custom("odoo_overdue_days", 12),
        **custom("odoo_renewal_date", "2027-01-31"),
        **custom("odoo_payment_standing", "Two invoices are late.\n" * 20),
    }
    done(writer("companies").update([row(remote_id=company["id"], **values)]))
    found = freshdesk.shape("company", company["id"])["custom_fields"]
    assert found["odoo_account_tier"] == "Gold"
    assert found["odoo_overdue_amount"] == "1250.5"
    assert found["odoo_overdue_days"] == 12
    assert found["odoo_renewal_date"] == "2027-01-31"
    made = freshdesk.fields.custom("company")
    assert "odoo_agreements" not in made
    assert made["odoo_renewal_date"]["type"] == "custom_date"


def test_what_was_labelled_anew_is_no_other_field(desk, writer, freshdesk):
    company = desk.company()
    changed = row(remote_id=company["id"], **{FIELD: "Gold"})
    done(writer("companies").update([changed]))
    field = freshdesk.fields.custom("company")["odoo_account_tier"]
    freshdesk.fields.change(field, {"label": "Tier"})
    done(writer("companies").update([row(remote_id=company["id"], **{FIELD: "Iron"})]))
    assert len(freshdesk.fields.custom("company")) == 1


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        *(("custom_number", "12.0", 12), ("custom_decimal", "12.50", 12.5)),
        *(("custom_paragraph", 12, "12"), ("custom_text", "x" * 300, "x" * 254 + "…")),
        ("custom_checkbox", "true", True),
    ],
)
def test_a_field_that_somebody_made_is_spelt_by_its_type(
    desk, writer, freshdesk, kind, value, kept
):
    company = desk.company()
    freshdesk.fields.define("company", "Odoo Account Tier", kind)
    changed = row(remote_id=company["id"], **{FIELD: value})
    done(writer("companies").update([changed]))
    found = freshdesk.shape("company", company["id"])["custom_fields"]
    assert found["odoo_account_tier"] == kept


@pytest.mark.parametrize("status", [403, 404, 405])
def test_where_fields_cant_be_made_it_says_which_to_make(
    desk, writer, freshdesk, status
):
    one, two = desk.companies(2)
    freshdesk.faults.add("status", status=status, method="POST", times=None)
    rows = [
        row("a", remote_id=one["id"], **{FIELD: "Gold"}),
        row("b", remote_id=one["id"], note="Still goes"),
        row("c", remote_id=two["id"], **{FIELD: "Gold"}),
    ]
    first, second, third = writer("companies").update(rows)
    assert second.error is None
    for result in (first, third):
        assert isinstance(result.error, errors.InvalidRecord)
        assert "Odoo Account Tier" in result.error.message
        assert "Single-line text" in result.error.message
    assert freshdesk.requests.count(method="POST") == 1


def test_without_a_key_no_company_is_made(writer, freshdesk):
    freshdesk.access.admins.clear()
    error = refused(writer("companies").create([row(name="Acme")]))
    assert isinstance(error, errors.InvalidRecord)
    assert "Odoo Key" in error.message
    assert freshdesk.store.count("company") == 0


def test_a_field_that_was_made_meanwhile_is_taken(desk, writer, freshdesk):
    company = desk.company()
    writer = writer("companies")
    assert writer.fields.types == {}
    freshdesk.fields.define("company", "Odoo Account Tier")
    done(writer.update([row(remote_id=company["id"], **{FIELD: "Gold"})]))
    found = freshdesk.shape("company", company["id"])["custom_fields"]
    assert found["odoo_account_tier"] == "Gold"


def test_every_field_of_ours_can_be_made(freshdesk, freshdesk_client):
    for stream, made in fields.MADE.items():
        own = fields.CustomFields(freshdesk_client(), stream)
        own.ensure(made)
        kind = {"companies": "company", "contacts": "contact"}[stream]
        assert set(freshdesk.fields.custom(kind)) == set(made)


# -- what can be written --------------------------------------------------------


@pytest.mark.parametrize(
    ("stream", "path", "can"),
    [
        *(("companies", "name", True), ("companies", "id", False)),
        *(("companies", FIELD, True), ("companies", "custom_fields.odoo_key", False)),
        *(("contacts", "email", True), ("contacts", "unique_external_id", False)),
        *(("contacts", "desk.suspended", False), ("tickets", "desk.status", True)),
        *(("tickets", "subject", False), ("comments", "body", True)),
    ],
)
def test_what_can_be_written(stream, path, can):
    assert writers.is_writable(stream, path) is can
