"""Reading records of HubSpot with what they are linked with."""

import pytest

from odoo.addons.connector_hubspot.hubspot.endpoints import VERSIONS


@pytest.fixture
def link(hubspot):
    """Link two records."""
    return hubspot.store.associate


@pytest.mark.parametrize("version", VERSIONS)
def test_the_primary_company_comes_first(link, account_of, create, version):
    companies = create(3)
    [contact] = create(1, "contacts")
    for company in companies:
        link("contacts", contact, "companies", company)
    link("contacts", contact, "companies", companies[1], [1])

    [record] = account_of("contacts", version=version).run()

    linked = record.values["associations"]["companies"]
    assert linked == [companies[1], companies[0], companies[2]]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_deal_has_its_company_and_all_its_contacts(link, account_of, create, version):
    companies, contacts = create(2), create(3, "contacts")
    deal, lonely = create(2, "deals")
    for company in reversed(companies):
        link("deals", deal, "companies", company)
    for contact in contacts:
        link("deals", deal, "contacts", contact)

    found = {
        record.remote_id: record.values["associations"]
        for record in account_of("deals", version=version).run()
    }

    # The company that was linked first is the primary one.
    assert found[deal] == {"companies": companies[::-1], "contacts": contacts}
    assert found[lonely] == {"companies": [], "contacts": []}


def test_associations_are_asked_for_in_batches(hubspot, account_of, create):
    create(230, "contacts")
    hubspot.requests.clear()

    account_of("contacts").run()

    assert hubspot.requests.count("POST", "/associations") == 3
    assert hubspot.requests.count() == 6


def test_a_stream_without_associations_asks_for_none(hubspot, account_of, create):
    create(5)

    account_of("companies").run()

    assert hubspot.requests.count("POST") == 0


def test_hundreds_of_contacts_of_one_deal_are_all_read(
    hubspot, link, account_of, create
):
    contacts = create(510, "contacts")
    [company] = create()
    deal, other = create(2, "deals")
    with hubspot.store.lock:
        for contact in contacts:
            link("deals", deal, "contacts", contact)
    link("deals", other, "contacts", contacts[0])
    link("deals", deal, "companies", company)

    found = {
        record.remote_id: record.values["associations"]
        for record in account_of("deals").run()
    }

    assert found[deal] == {"companies": [company], "contacts": contacts}
    assert found[other]["contacts"] == contacts[:1]


def test_records_fetched_by_id_have_their_associations(link, account_of, create):
    [company], [contact] = create(), create(1, "contacts")
    link("contacts", contact, "companies", company)

    [record] = account_of("contacts").reader.fetch_by_ids([contact])

    assert record.values["associations"] == {"companies": [company]}
