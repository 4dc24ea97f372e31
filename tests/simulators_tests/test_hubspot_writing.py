"""HubSpot: create, update, archive, merge, and batches of them."""

import pytest

BASE = "/crm/objects/2026-09"


def companies(number, **more):
    return [{"properties": {"name": f"C{n}"}, **more} for n in range(number)]


def test_a_create_is_a_201_with_the_record(hubspot, client):
    body = {"properties": {"name": "Aurora", "numberofemployees": 12}}
    answer = client.post(f"{BASE}/companies", body)
    assert answer.status_code == 201
    assert answer.json()["properties"]["numberofemployees"] == "12"
    assert hubspot.store.get("companies", answer.json()["id"])["name"] == "Aurora"


def test_a_create_can_bring_its_associations(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    spec = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 5}
    body = {
        "properties": {"dealname": "Pilot"},
        "associations": [{"to": {"id": company}, "types": [spec]}],
    }
    deal = client.post(f"{BASE}/deals", body).json()["id"]
    assert hubspot.store.associated("deals", deal, "companies") == {company: [341, 5]}
    body["associations"][0]["to"]["id"] = "999"
    assert client.post(f"{BASE}/deals", body).status_code == 400


def test_an_update_moves_the_modification_date(hubspot, client, clock):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    clock.advance(60)
    path = f"{BASE}/companies/{company}"
    answer = client.request("PATCH", path, json={"properties": {"city": "Oslo"}})
    assert answer.status_code == 200
    assert answer.json()["updatedAt"] == "2026-11-02T09:01:00.000Z"
    assert answer.json()["createdAt"] == "2026-11-02T09:00:00.000Z"


def test_a_second_update_in_the_same_moment_is_still_later(hubspot):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    stamps = []
    for city in ("Oslo", "Bergen"):
        hubspot.store.update("companies", company, {"city": city})
        stamps.append(hubspot.store.get("companies", company)["hs_lastmodifieddate"])
    assert stamps[0] < stamps[1]


@pytest.mark.parametrize(
    ("object_type", "properties", "code"),
    [
        ("companies", {"nmae": "x"}, "PROPERTY_DOESNT_EXIST"),
        ("companies", {"hs_object_id": "7"}, "READ_ONLY_VALUE"),
        ("companies", {"industry": "Software"}, "INVALID_OPTION"),
        ("companies", {"numberofemployees": "many"}, "INVALID_LONG"),
        ("companies", {"hubspot_owner_id": "1"}, "INVALID_OWNER_ID"),
        ("contacts", {"email": "nobody"}, "INVALID_EMAIL"),
        ("contacts", {"lifecyclestage": "Customer"}, "INVALID_OPTION"),
        ("deals", {"closedate": "tomorrow"}, "INVALID_DATE"),
        ("deals", {"dealstage": "won"}, "INVALID_OPTION"),
        ("deals", {"pipeline": "7", "dealstage": "closedwon"}, "INVALID_OPTION"),
        ("deals", {"dealname": ["a"]}, "INVALID_JSON"),
    ],
)
def test_a_bad_value_is_a_400_that_names_the_property(
    client, object_type, properties, code
):
    answer = client.post(f"{BASE}/{object_type}", {"properties": properties})
    assert answer.status_code == 400
    body = answer.json()
    assert body["category"] == "VALIDATION_ERROR"
    assert body["message"].startswith("Property values were not valid: [{")
    assert body["errors"][0]["code"] == code
    assert body["errors"][0]["context"]["propertyName"][0] in properties


def test_without_properties_nothing_is_written(client):
    assert client.post(f"{BASE}/companies", {}).status_code == 400
    assert client.post(f"{BASE}/companies", {"properties": []}).status_code == 400


def test_a_deal_gets_the_pipeline_of_its_stage_and_knows_when_it_is_closed(
    hubspot, client
):
    body = {"properties": {"dealname": "Pilot", "dealstage": "closedwon"}}
    made = client.post(f"{BASE}/deals", body).json()
    assert made["properties"]["pipeline"] == "default"
    assert made["properties"]["hs_is_closed_won"] == "true"
    path = f"{BASE}/deals/{made['id']}"
    stage = {"properties": {"dealstage": "qualifiedtobuy"}}
    client.request("PATCH", path, json=stage)
    assert hubspot.store.get("deals", made["id"])["hs_is_closed"] == "false"


def test_a_contact_with_a_known_email_is_a_409_with_its_id(hubspot, client):
    contact = hubspot.store.create("contacts", {"email": "ada@example.com"})
    body = {"properties": {"email": " Ada@Example.com "}}
    answer = client.post(f"{BASE}/contacts", body)
    assert answer.status_code == 409
    assert answer.json()["category"] == "CONFLICT"
    assert answer.json()["message"].endswith(f"Existing ID: {contact}")


def test_the_email_of_an_archived_contact_is_free_again(hubspot, client):
    contact = hubspot.store.create("contacts", {"email": "ada@example.com"})
    hubspot.store.archive("contacts", contact)
    body = {"properties": {"email": "ada@example.com"}}
    assert client.post(f"{BASE}/contacts", body).status_code == 201


def test_an_empty_text_clears_a_value(hubspot, client):
    company = hubspot.store.create("companies", {"city": "Oslo"})
    path = f"{BASE}/companies/{company}"
    client.request("PATCH", path, json={"properties": {"city": ""}})
    assert client.found("companies", ("city", "NOT_HAS_PROPERTY")) == [company]


def test_an_archived_record_is_gone_from_everything_but_the_archive(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    path = f"{BASE}/companies/{company}"
    assert client.request("DELETE", path).status_code == 204
    assert client.request("DELETE", path).status_code == 204
    assert client.get(path).status_code == 404
    assert client.request("PATCH", path, json={"properties": {}}).status_code == 404
    assert client.request("DELETE", f"{BASE}/companies/999").status_code == 404
    assert hubspot.store.ids("companies", archived=True) == [company]


def test_a_batch_create_is_a_201(hubspot, client):
    answer = client.post(f"{BASE}/companies/batch/create", {"inputs": companies(3)})
    assert answer.status_code == 201
    assert len(answer.json()["results"]) == 3
    assert hubspot.store.count("companies") == 3


def test_a_batch_create_writes_nothing_when_one_input_is_bad(hubspot, client):
    inputs = [*companies(2), {"properties": {"nmae": "x"}}]
    answer = client.post(f"{BASE}/companies/batch/create", {"inputs": inputs})
    assert answer.status_code == 400
    assert hubspot.store.count("companies") == 0


def test_with_trace_ids_the_good_inputs_are_written_and_the_bad_ones_listed(
    hubspot, client
):
    inputs = [*companies(2), {"properties": {"nmae": "x"}}]
    for number, each in enumerate(inputs):
        each["objectWriteTraceId"] = f"trace-{number}"
    answer = client.post(f"{BASE}/companies/batch/create", {"inputs": inputs})
    assert answer.status_code == 207
    body = answer.json()
    assert [each["objectWriteTraceId"] for each in body["results"]] == [
        "trace-0",
        "trace-1",
    ]
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"]["objectWriteTraceId"] == ["trace-2"]
    assert hubspot.store.count("companies") == 2


def test_a_batch_update_lists_unknown_ids(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    inputs = [
        {"id": company, "properties": {"city": "Oslo"}},
        {"id": "999", "properties": {"city": "Oslo"}},
    ]
    answer = client.post(f"{BASE}/companies/batch/update", {"inputs": inputs})
    assert answer.status_code == 207
    assert answer.json()["errors"][0]["context"]["ids"] == ["999"]
    assert hubspot.store.get("companies", company)["city"] == "Oslo"


def test_a_batch_update_gives_all_records_one_moment(hubspot, client, clock):
    ids = [hubspot.store.create("companies", {"name": str(n)}) for n in range(3)]
    clock.advance(5)
    inputs = [{"id": each, "properties": {"city": "Oslo"}} for each in ids]
    body = client.post(f"{BASE}/companies/batch/update", {"inputs": inputs}).json()
    assert {each["updatedAt"] for each in body["results"]} == {
        "2026-11-02T09:00:05.000Z"
    }


def test_an_id_twice_in_a_batch_update_is_refused(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    inputs = [{"id": company, "properties": {"city": "Oslo"}}] * 2
    answer = client.post(f"{BASE}/companies/batch/update", {"inputs": inputs})
    assert answer.status_code == 400


def test_an_upsert_by_email_creates_or_updates_and_says_which(hubspot, client):
    contact = hubspot.store.create("contacts", {"email": "a@b.de"})
    inputs = [
        {"id": email, "idProperty": "email", "properties": {"firstname": "Ada"}}
        for email in ("A@b.de", "new@b.de")
    ]
    answer = client.post(f"{BASE}/contacts/batch/upsert", {"inputs": inputs})
    assert answer.status_code == 200
    assert [each["new"] for each in answer.json()["results"]] == [False, True]
    assert hubspot.store.get("contacts", contact)["firstname"] == "Ada"
    assert hubspot.store.count("contacts") == 2


def test_an_upsert_needs_a_unique_property(hubspot, client):
    inputs = [{"id": "x", "idProperty": "name", "properties": {"name": "x"}}]
    body = {"inputs": inputs}
    path = f"{BASE}/companies/batch/upsert"
    assert client.post(path, body).status_code == 400
    hubspot.store.define_property("companies", "odoo_key", unique=True)
    inputs[0].update({"idProperty": "odoo_key", "properties": {"name": "x"}})
    made = client.post(path, body).json()["results"][0]
    assert made["properties"]["odoo_key"] == "x"
    assert client.post(path, body).json()["results"][0]["id"] == made["id"]


def test_a_batch_archive_is_a_204(hubspot, client):
    ids = [hubspot.store.create("companies", {"name": str(n)}) for n in range(3)]
    body = {"inputs": [{"id": each} for each in [*ids[:2], "999"]]}
    assert client.post(f"{BASE}/companies/batch/archive", body).status_code == 204
    assert hubspot.store.ids("companies") == ids[2:]


def test_a_merge_makes_a_new_record_that_both_old_ids_lead_to(hubspot, client):
    store = hubspot.store
    keep = store.create("contacts", {"email": "a@b.de", "firstname": "Ada"})
    lose = store.create("contacts", {"email": "c@b.de", "city": "Oslo"})
    company = store.create("companies", {"name": "Aurora"})
    store.associate("contacts", lose, "companies", company)
    body = {"primaryObjectId": keep, "objectIdToMerge": lose}
    merged = client.post(f"{BASE}/contacts/merge", body).json()
    assert merged["id"] not in (keep, lose)
    assert merged["properties"]["firstname"] == "Ada"
    assert merged["properties"]["city"] == "Oslo"
    assert merged["properties"]["hs_merged_object_ids"] == f"{keep};{lose}"
    for old in (keep, lose):
        assert client.get(f"{BASE}/contacts/{old}").json()["id"] == merged["id"]
    assert store.ids("contacts") == [merged["id"]]
    assert list(store.associated("contacts", merged["id"], "companies")) == [company]


def test_a_merge_of_unknown_records_is_a_404(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    body = {"primaryObjectId": company, "objectIdToMerge": "999"}
    assert client.post(f"{BASE}/companies/merge", body).status_code == 404
    assert client.post(f"{BASE}/companies/merge", {}).status_code == 400


def test_a_misspelt_property_in_a_test_is_an_error_there_too(hubspot):
    with pytest.raises(KeyError, match="companies.nmae"):
        hubspot.store.create("companies", {"nmae": "x"})


def test_records_of_different_objects_share_ids(hubspot):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    assert hubspot.store.create("contacts", {"email": "a@b.de"}) == company
