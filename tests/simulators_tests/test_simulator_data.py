"""Generated data, seeding, samples, and changes that keep arriving."""

import csv
import time
from collections import Counter

import pytest
from simulators.generator import Generator, generate
from simulators.generator.countries import COUNTRIES
from simulators.hubspot.drip import Drip
from simulators.hubspot.properties import standard

TEXTS = "companies contacts deals products".split()


def test_the_same_seed_gives_the_same_data():
    assert generate(60, seed=3) == generate(60, seed=3)
    assert generate(60, seed=3) != generate(60, seed=4)


@pytest.mark.parametrize(
    ("companies", "seed", "dirt"),
    [(0, 1, 0.5), (1, 2, 1), (2, 3, 0), (40, 4, 1), (80, 5, 0.3), (150, 6, 0.08)],
)
def test_every_reference_leads_to_a_record(companies, seed, dirt):
    data = generate(companies, seed=seed, dirt=dirt)
    keys = {
        record.key
        for records in (data.owners, data.companies, data.contacts, data.products)
        for record in records
    } | {None}
    assert len(data.companies) == companies
    for contact in data.contacts:
        assert {contact.company_key, contact.owner_key} <= keys
    for deal in data.deals:
        assert {deal.company_key, deal.owner_key, *deal.contact_keys} <= keys
        assert {line.product_key for line in deal.lines} <= keys


def test_numbers_of_each_kind_can_be_named():
    data = generate(5, contacts=0, deals=2, products=3, owners=1, tickets=0)
    numbers = [len(getattr(data, name)) for name in TEXTS]
    assert numbers == [5, 0, 2, 3]


def test_clean_data_has_no_flaw():
    assert generate(200, seed=1, dirt=0).flaws() == {}


def test_dirty_data_has_every_flaw():
    flaws = generate(3000, seed=1, dirt=0.3).flaws()
    assert set(flaws) == set(
        """archived company_gone country_spelling deleted duplicate email_case
        email_padded empty_strings garbage_phone iso_country long_name no_amount
        no_close_date no_company no_currency no_domain no_email no_last_name nulls
        odd_phone padded_name shouting state_code unicode_name unknown_country
        zero_amount""".split()
    )


def test_records_come_from_many_countries_with_their_currency():
    data = generate(1500, seed=2, dirt=0)
    by_code = {country.code: country for country in COUNTRIES}
    found = Counter(company.country_code for company in data.companies)
    assert set(found) == set(by_code)
    for company in data.companies:
        country = by_code[company.country_code]
        assert company.currency == country.currency
        assert company.place.country == country.name
        assert company.phone.startswith(f"+{country.dial}")
        assert company.domain.isascii()


def test_emails_and_domains_of_clean_data_are_unique():
    data = generate(2000, seed=5, dirt=0)
    for values in (
        [company.domain for company in data.companies],
        [contact.email for contact in data.contacts],
    ):
        assert len(values) == len(set(values))


def test_lost_deals_have_a_reason_and_open_ones_have_none():
    data = generate(400, seed=6, dirt=0)
    stages = {stage.key: stage for each in data.pipelines for stage in each.stages}
    for deal in data.deals:
        stage = stages[deal.stage_key]
        assert bool(deal.lost_reason) == (stage.closed and not stage.won)
        assert bool(deal.won_reason) == stage.won
    assert {deal.pipeline_key for deal in data.deals} == {"sales", "renewals"}


def test_five_thousand_companies_take_no_more_than_seconds():
    begun = time.perf_counter()
    Generator(1).dataset(5000, 0, 0, 0, 5, 0)
    assert time.perf_counter() - begun < 5


def test_an_empty_simulator_is_cheap(start):
    start()
    begun = time.perf_counter()
    start()
    assert time.perf_counter() - begun < 0.2


def test_seeded_records_are_spelt_as_hubspot_properties(start):
    hubspot = start(80, seed=7, dirt=0)
    assert hubspot.store.count("companies") == 80
    assert hubspot.store.count("contacts") == 120
    for name in TEXTS:
        known = standard(name)
        for record_id in hubspot.store.ids(name):
            values = hubspot.store.get(name, record_id)
            assert set(values) <= set(known)
            for field, value in values.items():
                allowed = [option for option, _label in known[field].options]
                assert not value or not allowed or value in allowed, (field, value)


def test_seeded_deals_have_pipelines_companies_and_contacts(start):
    store = start(120, seed=7, dirt=0).store
    linked = Counter()
    for deal in store.ids("deals"):
        values = store.get("deals", deal)
        pipeline, stage = store.stage("deals", values["dealstage"], values["pipeline"])
        assert stage is not None
        closed = stage["metadata"]["isClosed"]
        assert values["hs_is_closed"] == closed
        linked[pipeline["label"]] += 1
        for other in ("companies", "contacts", "line_items"):
            linked[other] += bool(store.associated("deals", deal, other))
    assert linked["companies"] == store.count("deals")
    assert linked["contacts"] and linked["line_items"]
    assert linked["Partner renewals"] and linked["Sales Pipeline"]


def test_seeding_keeps_the_dates_of_the_data(start, clock):
    store = start(40, seed=7, dirt=0).store
    stamps = {
        store.get("deals", each)["hs_lastmodifieddate"] for each in store.ids("deals")
    }
    assert len(stamps) == store.count("deals")
    assert max(stamps) <= "2026-11-02T09:00:00.000Z"


def test_dirty_accounts_have_contacts_of_companies_that_are_gone(start):
    store = start(400, seed=8, dirt=0.5).store
    assert store.count("companies", archived=True) > 0
    live = set(store.ids("companies"))
    named = {
        store.get("contacts", each)["associatedcompanyid"]
        for each in store.ids("contacts")
    }
    gone = named - live - {None}
    assert {store.get("companies", each) is None for each in gone} == {True, False}


def test_a_drip_changes_records_and_sometimes_brings_new_ones(start, clock):
    hubspot = start(20, seed=9, dirt=0)
    drip = Drip(hubspot.store, 60, seed=1)
    before = hubspot.store.state()["objects"]
    lines = []
    for _ in range(40):
        clock.advance(60)
        lines += drip.drop()
    after = hubspot.store.state()
    assert after["objects"]["companies"] > before["companies"]
    assert sum(after["archived"].values()) > 0
    assert len(lines) >= 120
    moved = [line for line in lines if line.startswith("deal") and "amount" not in line]
    assert moved


def write_rows(folder, name, header, *rows):
    with (folder / f"{name}_data.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header.split())
        writer.writerows(rows)


@pytest.fixture
def samples(tmp_path):
    """Files of the form the samples have, made up here."""
    folder = tmp_path / "hubspot" / "fivetran_seeds"
    folder.mkdir(parents=True)
    a_hash = "0123456789abcdef0123456789abcdef"
    at = "2020-12-30 3:15:52"
    write_rows(
        folder,
        "company",
        """id is_deleted _fivetran_synced property_name property_createdate
        property_country property_annualrevenue""",
        ["501", "false", at, a_hash, "2019-07-05 20:35:26", "United States", "1000"],
        ["502", "true", at, "Readable Ltd", "2019-08-05 20:35:26", "", ""],
    )
    write_rows(
        folder,
        "contact",
        """_fivetran_deleted _fivetran_synced property_email id property_firstname
        property_lastname property_createdate property_hs_merged_object_ids""",
        ["FALSE", at, a_hash, "901", a_hash, a_hash, "2020-01-01 10:00:00", "7;8"],
    )
    write_rows(
        folder,
        "owner",
        "owner_id created_at email first_name last_name active_user_id",
        ["44", "2020-02-13 18:19:32.792", "PsO4E5YPnpbcBSOq3aGKtQ==", "", "", "12345"],
    )
    write_rows(
        folder,
        "deal_pipeline",
        "pipeline_id label",
        ["default", "FioJAMNdGX8U65mUGCkDwA=="],
        ["mp_pipeline_sales", "4sZLZi4xR6kmTh+A8waTCw=="],
    )
    write_rows(
        folder,
        "deal_pipeline_stage",
        """_fivetran_deleted closed_won is_closed display_order probability stage_id
        pipeline_id""",
        ["FALSE", "TRUE", "TRUE", "1", "1.0", "x", "Y8OGidQXXDZY0C7FaNUGUA=="],
        ["FALSE", "FALSE", "FALSE", "0", "0.1", "y", "Y8OGidQXXDZY0C7FaNUGUA=="],
    )
    write_rows(
        folder,
        "deal",
        """deal_id is_deleted owner_id property_dealname property_amount
        property_createdate""",
        ["777", "false", "44", a_hash, "", "2019-12-04 12:48:22"],
    )
    return tmp_path


def test_samples_keep_ids_and_dates_and_get_readable_texts(start, samples):
    store = start(samples=samples).store
    company = store.get("companies", "501")
    assert company["createdate"] == "2019-07-05T20:35:26.000Z"
    assert company["hs_lastmodifieddate"] == "2020-12-30T03:15:52.000Z"
    assert company["country"] == "United States"
    assert "0123456789abcdef" not in company["name"]
    assert store.ids("companies", archived=True) == ["502"]
    assert store.get("companies", "502")["name"] == "Readable Ltd"
    contact = store.get("contacts", "901")
    assert contact["hs_merged_object_ids"] == "7;8"
    assert "@" in contact["email"]
    assert store.owners[44]["userId"] == 12345
    stages = store.pipelines["deals"]["mp_pipeline_sales"]["stages"]
    assert [stage["label"] for stage in stages] == ["New", "Closed won 2"]
    deal = store.get("deals", "777")
    assert deal["hubspot_owner_id"] == "44"
    assert deal["amount"] and deal["pipeline"]
    assert list(store.associated("deals", "777", "companies")) == ["501"]


def test_samples_are_topped_up_to_the_number_asked(start, samples):
    store = start(10, samples=samples, dirt=0).store
    assert store.count("companies") == 1 + 8


def test_a_folder_without_samples_is_refused(start, tmp_path):
    with pytest.raises(ValueError, match="fivetran_seeds"):
        start(samples=tmp_path)
