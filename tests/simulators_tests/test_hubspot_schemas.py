"""HubSpot: objects that an account defines itself."""

import pytest

PATHS = ("/crm-object-schemas/2026-09/schemas", "/crm-object-schemas/v3/schemas")


@pytest.fixture
def badges(hubspot):
    """Id of the type of an object with a title that it can't be without."""
    return hubspot.store.define_object(
        "badge", "Badge", ["title"], required=["title"], links=["companies"]
    )


@pytest.mark.parametrize("path", PATHS)
def test_schemas_are_listed_and_read_by_id_or_full_name(client, badges, path):
    [listed] = client.get(path).json()["results"]
    assert listed["objectTypeId"] == badges
    assert listed["requiredProperties"] == ["title"]
    assert "title" in {each["name"] for each in listed["properties"]}
    for name in (badges, listed["fullyQualifiedName"]):
        assert client.get(f"{path}/{name}").json() == listed
    assert client.get(f"{path}/companies").status_code == 404


def test_its_records_are_made_searched_and_linked_like_others(hubspot, client, badges):
    path = f"/crm/objects/2026-09/{badges}"
    made = client.post(path, {"properties": {"title": "Gold"}}).json()["id"]
    assert client.found(badges, ("title", "EQ", "Gold")) == [made]
    acme = hubspot.store.create("companies", {"name": "Acme"})
    hubspot.store.associate(badges, made, "companies", acme)
    assert list(hubspot.store.associated("companies", acme, badges)) == [made]


def test_it_is_as_strict_as_others(client, badges):
    path = f"/crm/objects/2026-09/{badges}"
    assert client.post(path, {"properties": {}}).status_code == 400
    assert client.post(path, {"properties": {"name": "x"}}).status_code == 400
    assert client.get("/crm/objects/2026-09/2-1").status_code == 400
    where = f"/crm/associations/2026-09/{badges}/contacts/batch/read"
    assert client.post(where, {"inputs": [{"id": "1"}]}).status_code == 400


def test_it_needs_the_scopes_of_custom_objects(start, client_of):
    hubspot = start(scopes=["crm.objects.companies.read"])
    badges = hubspot.store.define_object("badge")
    answer = client_of(hubspot).get(f"/crm/objects/2026-09/{badges}")
    assert answer.status_code == 403
    [error] = answer.json()["errors"]
    scopes = error["context"]["requiredGranularScopes"]
    assert scopes == ["crm.objects.custom.read"]
