"""HubSpot: associations."""

import pytest

DATED = "/crm/associations/2026-09"
LEGACY = "/crm/v4/associations"


def of_type(number):
    return [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number}]


@pytest.fixture
def trio(hubspot):
    """A deal and two companies."""
    store = hubspot.store
    return (
        store.create("deals", {"dealname": "Pilot"}),
        store.create("companies", {"name": "Aurora"}),
        store.create("companies", {"name": "Borealis"}),
    )


def read(client, family, pair, *ids):
    path = f"{family}/{pair}/batch/read"
    return client.post(path, {"inputs": [{"id": each} for each in ids]})


def test_the_first_company_of_a_deal_is_the_primary_one(hubspot, client, trio):
    deal, first, second = trio
    hubspot.store.associate("deals", deal, "companies", first)
    hubspot.store.associate("deals", deal, "companies", second)
    answer = read(client, DATED, "deals/companies", deal)
    assert answer.status_code == 200
    unlabelled = {"category": "HUBSPOT_DEFINED", "typeId": 341, "label": None}
    primary = {"category": "HUBSPOT_DEFINED", "typeId": 5, "label": "Primary"}
    assert answer.json()["results"] == [
        {
            "from": {"id": deal},
            "to": [
                {"toObjectId": first, "associationTypes": [unlabelled, primary]},
                {"toObjectId": second, "associationTypes": [unlabelled]},
            ],
        }
    ]


def test_the_legacy_family_gives_partner_ids_as_numbers(hubspot, client, trio):
    deal, company, _other = trio
    hubspot.store.associate("deals", deal, "companies", company)
    body = read(client, LEGACY, "deals/companies", deal).json()
    assert body["results"][0]["to"][0]["toObjectId"] == int(company)


def test_records_without_partners_are_errors_of_a_207(hubspot, client, trio):
    deal, company, lonely = trio
    hubspot.store.associate("deals", deal, "companies", company)
    answer = read(client, DATED, "companies/deals", company, lonely, "999")
    assert answer.status_code == 207
    body = answer.json()
    assert [each["from"]["id"] for each in body["results"]] == [company]
    assert body["numErrors"] == 2
    error = body["errors"][0]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["message"] == f"No deal is associated with company {lonely}."
    assert error["context"]["fromObjectId"] == [lonely]


def test_archived_partners_are_not_shown(hubspot, client, trio):
    deal, company, _other = trio
    hubspot.store.associate("deals", deal, "companies", company)
    hubspot.store.archive("companies", company)
    assert read(client, DATED, "deals/companies", deal).status_code == 207


def test_a_batch_read_takes_a_thousand_records_and_no_more(client, trio):
    deal = trio[0]
    assert read(client, DATED, "deals/companies", *[deal] * 1000).status_code == 207
    assert read(client, DATED, "deals/companies", *[deal] * 1001).status_code == 400


def test_partners_come_500_a_page(hubspot, client):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    for number in range(502):
        contact = hubspot.store.create("contacts", {"firstname": str(number)})
        hubspot.store.associate("contacts", contact, "companies", company)
    first = read(client, DATED, "companies/contacts", company).json()["results"][0]
    assert len(first["to"]) == 500
    after = first["paging"]["next"]["after"]
    body = {"inputs": [{"id": company, "after": after}]}
    path = f"{DATED}/companies/contacts/batch/read"
    rest = client.post(path, body).json()["results"][0]
    assert len(rest["to"]) == 2
    assert "paging" not in rest
    path = f"/crm/v4/objects/companies/{company}/associations/contacts"
    assert len(client.get(path).json()["results"]) == 500


def test_single_links_are_made_and_unmade(hubspot, client, trio):
    deal, company, _other = trio
    for base in ("/crm/objects/2026-09", "/crm/v4/objects"):
        path = f"{base}/deals/{deal}/associations/companies/{company}"
        answer = client.request("PUT", path, json=of_type(5))
        assert answer.status_code == 201
        assert answer.json()["toObjectId"] == company
        assert client.request("DELETE", path).status_code == 204
        assert hubspot.store.associated("deals", deal, "companies") == {}


def test_the_default_link_needs_no_body(hubspot, client, trio):
    deal, company, _other = trio
    path = f"/crm/objects/2026-09/deals/{deal}/associations/default/companies/{company}"
    answer = client.request("PUT", path)
    assert answer.status_code == 200
    types = [each["associationSpec"] for each in answer.json()["results"]]
    assert [each["associationTypeId"] for each in types] == [341, 5]


@pytest.mark.parametrize("types", [[], of_type(999), of_type(279)])
def test_a_link_needs_a_type_that_fits_the_pair(client, trio, types):
    path = f"/crm/objects/2026-09/deals/{trio[0]}/associations/companies/{trio[1]}"
    assert client.request("PUT", path, json=types).status_code == 400


def test_a_link_to_an_unknown_record_is_a_404(client, trio):
    path = f"/crm/objects/2026-09/deals/{trio[0]}/associations/companies/999"
    assert client.request("PUT", path, json=of_type(5)).status_code == 404


def test_a_batch_of_links_lists_what_it_could_not_link(hubspot, client, trio):
    deal, company, _other = trio
    inputs = [
        {"from": {"id": deal}, "to": {"id": to}, "types": of_type(341)}
        for to in (company, "999")
    ]
    path = f"{DATED}/deals/companies/batch/create"
    answer = client.post(path, {"inputs": inputs})
    assert answer.status_code == 207
    assert len(answer.json()["results"]) == 1
    assert list(hubspot.store.associated("deals", deal, "companies")) == [company]
    assert client.post(path, {"inputs": inputs[:1]}).status_code == 201


def test_unlinking_in_a_batch(hubspot, client, trio):
    deal, company, other = trio
    for each in (company, other):
        hubspot.store.associate("deals", deal, "companies", each)
    inputs = [{"from": {"id": deal}, "to": [{"id": company}]}]
    path = "/deals/companies/batch/archive"
    assert client.post(LEGACY + path, {"inputs": inputs}).status_code == 204
    assert client.post(DATED + path, {"inputs": inputs}).status_code == 200
    assert list(hubspot.store.associated("deals", deal, "companies")) == [other]


def test_a_new_primary_company_takes_the_label_from_the_old_one(hubspot, trio):
    deal, first, second = trio
    hubspot.store.associate("deals", deal, "companies", first)
    hubspot.store.associate("deals", deal, "companies", second, [5])
    assert hubspot.store.associated("deals", deal, "companies") == {
        first: [341],
        second: [341, 5],
    }
    assert hubspot.store.associated("companies", first, "deals") == {deal: [342]}


def test_the_primary_company_of_a_contact_is_a_property_too(hubspot, client, clock):
    company = hubspot.store.create("companies", {"name": "Aurora"})
    contact = hubspot.store.create("contacts", {"email": "a@b.de"})
    clock.advance(60)
    hubspot.store.associate("contacts", contact, "companies", company)
    kept = hubspot.store.get("contacts", contact)
    assert kept["associatedcompanyid"] == company
    assert kept["lastmodifieddate"] == "2026-11-02T09:01:00.000Z"


def test_a_child_company_knows_its_parent(hubspot, client):
    parent = hubspot.store.create("companies", {"name": "Aurora Group"})
    child = hubspot.store.create("companies", {"name": "Aurora"})
    hubspot.store.associate("companies", child, "companies", parent, [14])
    assert hubspot.store.get("companies", child)["hs_parent_company_id"] == parent
    down = hubspot.store.associated("companies", parent, "companies")
    assert down == {child: [450, 13]}


def test_the_types_of_a_pair_can_be_asked_for(client):
    labels = client.get(f"{DATED}/contacts/companies/labels").json()["results"]
    assert [(each["typeId"], each["label"]) for each in labels] == [
        (279, None),
        (1, "Primary"),
    ]


def test_objects_that_do_not_go_together_are_refused(client):
    assert read(client, DATED, "products/contacts", "1").status_code == 400


# -- labels --------------------------------------------------------------------------


@pytest.fixture
def label(client):
    """A label of the account's own between deals and companies; its ids."""
    body = {"label": "Reseller", "name": "reseller", "inverseLabel": "Sold by"}
    answer = client.post(f"{DATED}/deals/companies/labels", body)
    assert answer.status_code == 200
    there, back = answer.json()["results"]
    assert (there["label"], back["label"]) == ("Reseller", "Sold by")
    return there["typeId"], back["typeId"]


def labelled(number):
    return [{"associationCategory": "USER_DEFINED", "associationTypeId": number}]


@pytest.mark.parametrize("family", [DATED, LEGACY])
def test_labels_are_listed_with_their_category(client, label, family):
    listed = client.get(f"{family}/deals/companies/labels").json()["results"]
    assert {each["label"]: each["category"] for each in listed} == {
        None: "HUBSPOT_DEFINED",
        "Primary": "HUBSPOT_DEFINED",
        "Reseller": "USER_DEFINED",
    }
    back = client.get(f"{family}/companies/deals/labels").json()["results"]
    assert [each["typeId"] for each in back if each["label"] == "Sold by"] == [label[1]]


def test_a_label_has_its_own_category(hubspot, client, trio, label):
    deal, company, _other = trio
    ends = {"from": {"id": deal}, "to": {"id": company}}
    path = f"{DATED}/deals/companies/batch/create"
    wrong = {"inputs": [{**ends, "types": of_type(label[0])}]}
    assert client.post(path, wrong).status_code == 400
    right = {"inputs": [{**ends, "types": labelled(label[0])}]}
    assert client.post(path, right).status_code == 201
    assert label[0] in hubspot.store.associated("deals", deal, "companies")[company]
    assert label[1] in hubspot.store.associated("companies", company, "deals")[deal]


def test_a_label_is_taken_away_and_the_link_stays(hubspot, client, trio, label):
    deal, company, _other = trio
    hubspot.store.associate("deals", deal, "companies", company, [label[0]])
    ends = {"from": {"id": deal}, "to": {"id": company}}
    answer = client.post(
        f"{DATED}/deals/companies/batch/labels/archive",
        {"inputs": [{**ends, "types": labelled(label[0])}]},
    )
    assert answer.status_code == 204
    assert hubspot.store.associated("deals", deal, "companies") == {company: [341]}
    assert hubspot.store.associated("companies", company, "deals") == {deal: [342]}
