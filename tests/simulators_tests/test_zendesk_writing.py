"""Organizations and users: what is written, refused, merged, matched."""

import pytest


@pytest.fixture
def acme(desk):
    return desk.made(
        "organization",
        name="Acme",
        external_id="C-1",
        domain_names=["acme.example", "ACME.test"],
        tags=["VIP"],
    )


@pytest.fixture
def ann(desk, acme):
    return desk.made("user", name="Ann", email="Ann@Acme.example", external_id="U-1")


def why(is_declined, answer):
    """Field and code of a 422's only error."""
    details = is_declined(answer, 422, "RecordInvalid")["details"]
    [(field, [error])] = details.items()
    assert error["description"]
    return field, error["error"]


def test_an_organization_comes_back_as_it_was_made(desk, acme, zendesk):
    shown = desk.get(f"/organizations/{acme['id']}").json()["organization"]
    assert shown == acme
    assert shown["domain_names"] == ["acme.example", "acme.test"]
    assert shown["tags"] == ["vip"]
    assert shown["created_at"] == "2026-11-02T09:00:00Z"
    assert shown["url"] == f"{zendesk.url}/api/v2/organizations/{acme['id']}.json"


def test_what_is_not_given_stays_and_nothing_new_changes_no_stamp(desk, acme, clock):
    clock.advance(60)
    path = f"/organizations/{acme['id']}"
    same = desk.put(path, {"organization": {"name": "Acme"}}).json()["organization"]
    assert same == acme
    shown = desk.put(path, {"organization": {"notes": "Good"}}).json()["organization"]
    assert (shown["notes"], shown["domain_names"]) == ("Good", acme["domain_names"])
    assert shown["updated_at"] == "2026-11-02T09:01:00Z"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": "acme"}, ("name", "DuplicateValue")),
        ({"name": "Other", "external_id": "c-1"}, ("external_id", "DuplicateValue")),
        ({}, ("name", "BlankValue")),
        ({"name": " "}, ("name", "BlankValue")),
        ({"name": "Other", "domain_names": ["no"]}, ("domain_names", "InvalidValue")),
        ({"name": "Other", "tags": [1]}, ("tags", "InvalidValue")),
    ],
)
def test_an_organization_that_is_not_valid_is_refused(
    desk, acme, is_declined, values, reason
):
    answer = desk.post("/organizations", {"organization": values})
    assert why(is_declined, answer) == reason


def test_a_body_has_to_be_json_below_the_name(desk, is_declined):
    answer = desk.request(
        "POST", "/users", data="{", headers={"Content-Type": "application/json"}
    )
    is_declined(answer, 422, "Unprocessable Entity")
    assert desk.post("/users", {"person": {}}).status_code == 400
    answer = desk.request("POST", "/users", data="name=Ann")
    is_declined(answer, 415, "UnsupportedMediaType")


def test_names_that_no_field_has_are_passed_over_and_counted(desk, zendesk, acme):
    values = {"colour": "red", "organization_fields": {"nothing": 1}}
    path = f"/organizations/{acme['id']}"
    assert desk.put(path, {"organization": values}).status_code == 200
    assert dict(zendesk.store.ignored) == {
        ("organization", "colour"): 1,
        ("organization", "nothing"): 1,
    }


def test_an_organization_is_matched_by_external_id_not_by_name(desk, acme, is_declined):
    path = "/organizations/create_or_update"
    answer = desk.post(path, {"organization": {"external_id": "C-1", "name": "New"}})
    assert answer.status_code == 200
    assert answer.json()["organization"]["id"] == acme["id"]
    answer = desk.post(path, {"organization": {"name": "New"}})
    assert why(is_declined, answer) == ("name", "DuplicateValue")
    answer = desk.post(path, {"organization": {"external_id": "C-2", "name": "Two"}})
    assert answer.status_code == 201


def test_a_deleted_organization_leaves_its_users_without_one(desk, acme, ann):
    assert ann["organization_id"] == acme["id"]
    assert desk.delete(f"/organizations/{acme['id']}").status_code == 204
    assert desk.get(f"/organizations/{acme['id']}").status_code == 404
    user = desk.get(f"/users/{ann['id']}").json()["user"]
    assert user["organization_id"] is None
    desk.made("organization", name="Acme", external_id="C-1")


# Users


def test_a_new_user_joins_the_organization_of_the_domain(desk, acme):
    user = desk.made("user", name="Bob", email="bob@acme.test")
    assert user["organization_id"] == acme["id"]
    user = desk.made("user", name="Eve", email="eve@elsewhere.example")
    assert user["organization_id"] is None


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"name": "B", "email": "ann@ACME.example"}, ("email", "DuplicateValue")),
        ({"name": "B", "email": "nothing"}, ("email", "InvalidValue")),
        ({"email": "b@b.example"}, ("name", "BlankValue")),
        ({"name": "B", "external_id": "u-1"}, ("external_id", "DuplicateValue")),
        ({"name": "B", "role": "king"}, ("role", "InvalidValue")),
        ({"name": "B", "organization_id": 7}, ("organization_id", "InvalidValue")),
        ({"name": "B", "suspended": "yes"}, ("suspended", "InvalidValue")),
    ],
)
def test_a_user_that_is_not_valid_is_refused(desk, ann, is_declined, values, reason):
    assert why(is_declined, desk.post("/users", {"user": values})) == reason


def test_another_email_is_one_more_address_until_it_is_made_primary(desk, ann):
    path = f"/users/{ann['id']}"
    shown = desk.put(path, {"user": {"email": "a@new.example"}}).json()["user"]
    assert shown["email"] == "ann@acme.example"
    one, two = desk.get(f"{path}/identities").json()["identities"]
    assert (one["primary"], two["primary"]) == (True, False)
    answer = desk.put(f"{path}/identities/{two['id']}/make_primary", {})
    assert [each["primary"] for each in answer.json()["identities"]] == [False, True]
    assert desk.get(path).json()["user"]["email"] == "a@new.example"


def test_the_primary_address_stays_others_can_go(desk, ann, is_declined):
    path = f"/users/{ann['id']}/identities"
    alias = {"identity": {"type": "email", "value": "alias@acme.example"}}
    made = desk.post(path, alias).json()["identity"]
    assert desk.post(path, alias).status_code == 422
    [primary, _alias] = desk.get(path).json()["identities"]
    is_declined(desk.delete(f"{path}/{primary['id']}"), 422, "RecordInvalid")
    assert desk.delete(f"{path}/{made['id']}").status_code == 204
    desk.made("user", name="Bob", email="alias@acme.example")


def test_a_user_is_matched_by_external_id_and_by_any_address(desk, ann):
    desk.post(
        f"/users/{ann['id']}/identities",
        {"identity": {"type": "email", "value": "alias@acme.example"}},
    )
    for given in ({"external_id": "U-1"}, {"email": "ALIAS@acme.example"}):
        answer = desk.post(
            "/users/create_or_update", {"user": {"name": "Ann B.", **given}}
        )
        assert (answer.status_code, answer.json()["user"]["id"]) == (200, ann["id"])


def test_who_is_merged_is_gone_and_the_other_has_their_tickets(desk, ann):
    bob = desk.made("user", name="Bob", email="bob@acme.example")
    ticket = desk.made(
        "ticket", subject="Help", comment={"body": "Hi"}, requester_id=ann["id"]
    )
    answer = desk.put(f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}})
    assert answer.json()["user"]["id"] == bob["id"]
    assert desk.get(f"/users/{ann['id']}").json()["user"]["active"] is False
    shown = desk.get(f"/tickets/{ticket['id']}").json()["ticket"]
    assert shown["requester_id"] == bob["id"]
    found = desk.get("/users/search", query="ann@acme.example").json()["users"]
    assert [each["id"] for each in found] == [bob["id"]]
    again = desk.put(f"/users/{ann['id']}/merge", {"user": {"id": bob["id"]}})
    assert again.status_code == 404


def test_agents_and_oneself_cannot_be_merged(desk, ann, is_declined):
    path = f"/users/{ann['id']}/merge"
    me = desk.get("/users/me").json()["user"]
    for other in (me["id"], ann["id"], 7):
        answer = desk.put(path, {"user": {"id": other}})
        is_declined(answer, 422, "RecordInvalid")


def test_who_has_open_tickets_is_not_deleted(desk, ann, is_declined):
    ticket = desk.made(
        "ticket", subject="Help", comment={"body": "Hi"}, requester_id=ann["id"]
    )
    path = f"/users/{ann['id']}"
    is_declined(desk.delete(path), 422, "RecordInvalid")
    desk.put(f"/tickets/{ticket['id']}", {"ticket": {"status": "solved"}})
    assert desk.delete(path).json()["user"]["active"] is False
    desk.made("user", name="Ann again", email="ann@acme.example")


# Custom fields


def test_a_field_is_made_used_and_renamed_and_keeps_its_key(desk, acme, is_declined):
    answer = desk.post(
        "/organization_fields",
        {
            "organization_field": {
                "key": "account_status",
                "type": "dropdown",
                "title": "Status",
                "custom_field_options": [
                    {"name": "Active", "value": "active"},
                    {"name": "Suspended", "value": "suspended"},
                ],
            }
        },
    )
    assert answer.status_code == 201
    field = answer.json()["organization_field"]
    path = f"/organizations/{acme['id']}"
    assert desk.get(path).json()["organization"]["organization_fields"] == {
        "account_status": None
    }
    values = {"organization_fields": {"account_status": "suspended"}}
    shown = desk.put(path, {"organization": values}).json()["organization"]
    assert shown["organization_fields"] == {"account_status": "suspended"}
    values = {"organization_fields": {"account_status": "on fire"}}
    answer = desk.put(path, {"organization": values})
    assert why(is_declined, answer) == ("organization_fields", "InvalidValue")

    renamed = desk.put(
        f"/organization_fields/{field['id']}",
        {"organization_field": {"title": "Standing", "key": "other"}},
    ).json()["organization_field"]
    assert (renamed["title"], renamed["key"]) == ("Standing", "account_status")
    shown = desk.get(path).json()["organization"]
    assert shown["organization_fields"] == {"account_status": "suspended"}


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("checkbox", True, "perhaps"),
        ("integer", 7, "seven"),
        ("decimal", 7.5, "seven"),
        ("date", "2026-11-30", "soon"),
        ("text", "words", 7),
    ],
)
def test_a_field_takes_values_of_its_type(desk, is_declined, kind, good, bad):
    field = {"key": "x", "type": kind, "title": "X"}
    assert desk.post("/user_fields", {"user_field": field}).status_code == 201
    user = desk.made("user", name="Ann", user_fields={"x": good})
    assert user["user_fields"] == {"x": good}
    path = f"/users/{user['id']}"
    answer = desk.put(path, {"user": {"user_fields": {"x": bad}}})
    assert why(is_declined, answer) == ("user_fields", "InvalidValue")
    cleared = desk.put(path, {"user": {"user_fields": {"x": None}}}).json()["user"]
    assert not cleared["user_fields"]["x"]


def test_keys_are_there_once_and_options_can_be_added(desk, is_declined):
    field = {"key": "tier", "type": "dropdown", "title": "Tier"}
    made = desk.post("/user_fields", {"user_field": field}).json()["user_field"]
    answer = desk.post("/user_fields", {"user_field": field})
    assert why(is_declined, answer) == ("key", "DuplicateValue")
    option = {"custom_field_option": {"name": "Gold", "value": "gold"}}
    path = f"/user_fields/{made['id']}/options"
    assert desk.post(path, option).status_code == 201
    assert desk.post(path, option).status_code == 422
    assert [
        each["value"] for each in desk.get(path).json()["custom_field_options"]
    ] == ["gold"]
