"""HubSpot: lists, single records and batch reads."""

import pytest
from simulators.hubspot import facts

DATED = "/crm/objects/2026-09"
LEGACY = "/crm/v3/objects"


@pytest.fixture
def companies(hubspot):
    """Five companies, the second one archived."""
    ids = [hubspot.store.create("companies", {"name": f"C{n}"}) for n in range(5)]
    hubspot.store.archive("companies", ids[1])
    return ids


@pytest.mark.parametrize("family", [DATED, LEGACY, "/crm/objects/2026-03"])
def test_both_path_families_list_records(client, companies, family):
    answer = client.get(f"{family}/companies").json()
    assert [each["id"] for each in answer["results"]] == [
        companies[0],
        *companies[2:],
    ]
    assert "paging" not in answer


@pytest.mark.parametrize("name", ["company", "0-2", "Companies"])
def test_an_object_type_has_several_spellings(client, companies, name):
    assert len(client.get(f"{DATED}/{name}").json()["results"]) == 4


def test_an_unknown_version_is_a_404_in_the_vendors_shape(client):
    answer = client.get("/crm/objects/2031-03/companies")
    assert answer.status_code == 404
    assert answer.json()["status"] == "error"
    assert answer.json()["correlationId"] == answer.headers["x-hubspot-correlation-id"]


def test_an_unknown_object_type_is_a_400(client):
    answer = client.get(f"{DATED}/spaceships")
    assert answer.status_code == 400
    assert "Unable to infer object type" in answer.json()["message"]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten"])
def test_a_list_takes_a_limit_from_1_to_100(client, limit):
    answer = client.get(f"{DATED}/companies", limit=limit)
    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"


def test_a_list_gives_ten_records_by_default(hubspot, client):
    for number in range(12):
        hubspot.store.create("companies", {"name": f"C{number}"})
    assert len(client.get(f"{DATED}/companies").json()["results"]) == 10


def test_paging_with_after_gives_every_record_once(hubspot, client):
    ids = [hubspot.store.create("companies", {"name": f"C{n}"}) for n in range(23)]
    seen, query = [], {"limit": 7}
    while True:
        body = client.get(f"{DATED}/companies", **query).json()
        seen += [each["id"] for each in body["results"]]
        if "paging" not in body:
            break
        query["after"] = body["paging"]["next"]["after"]
    assert seen == ids


def test_a_page_stays_right_when_records_go_in_between(hubspot, client):
    ids = [hubspot.store.create("companies", {"name": f"C{n}"}) for n in range(6)]
    first = client.get(f"{DATED}/companies", limit=3).json()
    hubspot.store.archive("companies", ids[0])
    after = first["paging"]["next"]["after"]
    rest = client.get(f"{DATED}/companies", limit=3, after=after).json()
    assert [each["id"] for each in rest["results"]] == ids[3:]


def test_a_paging_token_is_not_a_number_to_count_with(client, companies):
    assert client.get(f"{DATED}/companies", after="100").status_code == 400


def test_only_asked_properties_come_back_and_three_that_always_do(hubspot, client):
    hubspot.store.create("companies", {"name": "Aurora", "city": "Oslo"})
    listed = client.get(f"{DATED}/companies", properties="city,phone").json()
    properties = listed["results"][0]["properties"]
    assert set(properties) == {
        "city",
        "phone",
        "createdate",
        "hs_lastmodifieddate",
        "hs_object_id",
    }
    assert properties["city"] == "Oslo"


def test_a_property_without_a_value_is_null_and_an_empty_one_is_empty(hubspot, client):
    hubspot.store.create("companies", {"city": ""})
    listed = client.get(f"{DATED}/companies", properties="city,phone").json()
    properties = listed["results"][0]["properties"]
    assert properties["city"] == ""
    assert properties["phone"] is None


def test_an_unknown_property_is_ignored_but_noted(hubspot, client, companies):
    listed = client.get(f"{DATED}/companies", properties="name,nmae", limit=1).json()
    assert "nmae" not in listed["results"][0]["properties"]
    assert hubspot.ignored["companies", "nmae"] == 1


def test_every_value_is_text_or_null(start, client_of):
    client = client_of(start(30, seed=4))
    for name in facts.OBJECTS:
        for record in client.get(f"{DATED}/{name}", limit=100).json()["results"]:
            values = record["properties"].values()
            assert all(value is None or isinstance(value, str) for value in values)


def test_a_record_has_its_own_shape_around_the_properties(client, companies):
    record = client.get(f"{DATED}/companies/{companies[0]}").json()
    assert record["id"] == record["properties"]["hs_object_id"] == companies[0]
    assert record["createdAt"] == "2026-11-02T09:00:00.000Z"
    assert record["updatedAt"] == record["properties"]["hs_lastmodifieddate"]
    assert record["archived"] is False
    assert record["url"].endswith(f"/record/0-2/{companies[0]}")


def test_the_last_modified_property_of_contacts_has_another_name(hubspot, client):
    hubspot.store.create("contacts", {"email": "a@b.de"})
    properties = client.get(f"{DATED}/contacts").json()["results"][0]["properties"]
    assert "lastmodifieddate" in properties
    assert "hs_lastmodifieddate" not in properties


def test_archived_records_are_listed_apart(hubspot, client, companies, clock):
    body = client.get(f"{DATED}/companies", archived="true").json()
    assert [each["id"] for each in body["results"]] == [companies[1]]
    assert body["results"][0]["archived"] is True
    assert body["results"][0]["archivedAt"] == "2026-11-02T09:00:00.000Z"


def test_an_archived_record_is_read_only_when_asked_for_as_such(client, companies):
    path = f"{DATED}/companies/{companies[1]}"
    assert client.get(path).status_code == 404
    assert client.get(path, archived="true").json()["archived"] is True


def test_an_unknown_record_is_a_404(client):
    answer = client.get(f"{DATED}/companies/999")
    assert answer.status_code == 404
    assert answer.json()["category"] == "OBJECT_NOT_FOUND"
    assert client.get(f"{DATED}/companies/abc").status_code == 404


def test_a_contact_is_read_by_its_email(hubspot, client):
    contact = hubspot.store.create("contacts", {"email": "Ada@Example.com"})
    path = f"{DATED}/contacts/ada@example.com"
    assert client.get(path, idProperty="email").json()["id"] == contact
    assert client.get(path, idProperty="phone").status_code == 400


def test_a_list_names_partners_when_asked(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    contact = hubspot.store.create("contacts", {"email": "a@b.de"})
    lonely = hubspot.store.create("contacts", {"email": "c@b.de"})
    hubspot.store.associate("contacts", contact, "companies", company)
    listed = client.get(f"{DATED}/contacts", associations="companies,unknown").json()
    by_id = {each["id"]: each for each in listed["results"]}
    assert by_id[contact]["associations"]["companies"]["results"] == [
        {"id": company, "type": "contact_to_company_unlabeled"},
        {"id": company, "type": "contact_to_company"},
    ]
    assert "associations" not in by_id[lonely]


def test_a_batch_read_gives_what_is_asked(client, companies):
    body = {"inputs": [{"id": companies[0]}, {"id": companies[2]}]}
    answer = client.post(f"{DATED}/companies/batch/read", body)
    assert answer.status_code == 200
    assert answer.json()["status"] == "COMPLETE"
    assert "numErrors" not in answer.json()
    assert len(answer.json()["results"]) == 2


def test_a_batch_read_with_missing_ids_is_a_207(client, companies):
    ids = [companies[0], "999", companies[1]]
    body = {"inputs": [{"id": each} for each in ids], "properties": ["name"]}
    answer = client.post(f"{DATED}/companies/batch/read", body)
    assert answer.status_code == 207
    assert [each["id"] for each in answer.json()["results"]] == [companies[0]]
    assert answer.json()["numErrors"] == 1
    error = answer.json()["errors"][0]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["context"] == {"ids": ["999", companies[1]]}


def test_a_batch_read_by_email_finds_contacts(hubspot, client):
    contact = hubspot.store.create("contacts", {"email": "a@b.de"})
    body = {"inputs": [{"id": "A@B.de"}], "idProperty": "email"}
    answer = client.post(f"{DATED}/contacts/batch/read", body)
    assert [each["id"] for each in answer.json()["results"]] == [contact]


@pytest.mark.parametrize("inputs", [[], [{"id": "1"}] * 101, None])
def test_a_batch_has_1_to_100_inputs(client, inputs):
    answer = client.post(f"{DATED}/companies/batch/read", {"inputs": inputs})
    assert answer.status_code == 400


def test_a_body_that_is_not_json_is_a_415_and_a_broken_one_a_400(client):
    path = f"{DATED}/companies/batch/read"
    assert client.request("POST", path, data="a=1").status_code == 415
    kind = {"Content-Type": "application/json; charset=utf-8"}
    answer = client.request("POST", path, data="{nope", headers=kind)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("Invalid input JSON")
    assert client.request("POST", path, data="[]", headers=kind).status_code == 400


def test_a_url_can_be_too_long(client):
    names = ",".join(f"property_number_{n}" for n in range(1000))
    assert client.get(f"{DATED}/companies", properties=names).status_code == 414
