"""Contacts, companies and fields of a Freshdesk account."""

from datetime import timedelta

import pytest


def person(desk, name, **more):
    return desk.made("/contacts", name=name, email=f"{name}@x.example", **more)


def names(rows):
    return [each["name"] for each in rows]


def test_a_contact_needs_a_name_and_a_way_to_reach_it(desk, problems_of):
    assert problems_of(desk.post("/contacts", {})) == {
        "name": "missing_field",
        "email": "missing_field",
    }


def test_an_address_is_of_one_contact_only_main_or_other(desk, problems_of):
    ann = person(desk, "ann", other_emails=["a@alias.example"])
    for body in (
        {"name": "B", "email": "ANN@x.example"},
        {"name": "B", "email": "a@alias.example"},
    ):
        answer = desk.post("/contacts", body)
        assert problems_of(answer, 409) == {"email": "duplicate_value"}
        [problem] = answer.json()["errors"]
        assert problem["additional_info"] == {"user_id": ann["id"]}
    body = {"name": "B", "email": "b@x.example", "other_emails": ["ann@x.example"]}
    assert problems_of(desk.post("/contacts", body), 409) == {
        "other_emails": "duplicate_value"
    }


def test_an_external_key_is_of_one_contact_only_and_finds_it(desk, problems_of):
    ann = person(desk, "ann", unique_external_id="C-1")
    body = {"name": "B", "phone": "1", "unique_external_id": "C-1"}
    assert problems_of(desk.post("/contacts", body), 409) == {
        "unique_external_id": "duplicate_value"
    }
    [found] = desk.get("/contacts", unique_external_id="C-1").json()
    assert found["id"] == ann["id"]


def test_lists_are_by_name_and_lack_the_other_addresses(desk):
    person(desk, "zoe")
    person(desk, "ann", other_emails=["a@alias.example"], tags=["vip"])
    listed = desk.get("/contacts").json()
    assert names(listed) == ["ann", "zoe"]
    assert "other_emails" not in listed[0] and "tags" not in listed[0]
    whole = desk.get(f"/contacts/{listed[0]['id']}").json()
    assert whole["other_emails"] == ["a@alias.example"]
    assert whole["tags"] == ["vip"]
    [found] = desk.get("/contacts", email="a@alias.example").json()
    assert found["name"] == "ann"


def test_contacts_changed_since(desk, clock):
    person(desk, "ann")
    bob = person(desk, "bob")
    clock.advance(60)
    since = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert desk.get("/contacts", _updated_since=since).json() == []
    desk.put(f"/contacts/{bob['id']}", {"phone": "1"})
    assert names(desk.get("/contacts", _updated_since=since).json()) == ["bob"]
    offset = (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
    assert names(desk.get("/contacts", _updated_since=offset).json()) == ["bob"]


def test_states(freshdesk, desk):
    people = {name: person(desk, name) for name in ("ann", "bob", "cid", "dan")}
    for name, values in (("bob", {"blocked": True}), ("cid", {"active": True})):
        contact = freshdesk.store.get("contact", people[name]["id"])
        freshdesk.store.update("contact", contact, values)
    desk.delete(f"/contacts/{people['dan']['id']}")
    assert names(desk.get("/contacts").json()) == ["ann", "cid"]
    for state, expected in (
        ("blocked", ["bob"]),
        ("deleted", ["dan"]),
        ("verified", ["cid"]),
        ("unverified", ["ann"]),
    ):
        assert names(desk.get("/contacts", state=state).json()) == expected


def test_a_deleted_contact_is_read_and_restored_but_not_changed(desk):
    ann = person(desk, "ann")
    path = f"/contacts/{ann['id']}"
    assert desk.delete(path).status_code == 204
    assert desk.get(path).json()["deleted"] is True
    assert desk.put(path, {"phone": "1"}).status_code == 404
    assert desk.delete(path).status_code == 404
    assert desk.put(f"{path}/restore").status_code == 204
    assert "deleted" not in desk.get(path).json()


def test_for_good_only_what_is_deleted_already_or_by_force(desk):
    ann, bob = person(desk, "ann"), person(desk, "bob")
    path = f"/contacts/{ann['id']}/hard_delete"
    assert desk.delete(path).status_code == 400
    desk.delete(f"/contacts/{ann['id']}")
    assert desk.delete(path).status_code == 204
    assert desk.get(f"/contacts/{ann['id']}").status_code == 404
    path = f"/contacts/{bob['id']}/hard_delete"
    assert desk.delete(path, force="true").status_code == 204


def test_merging_moves_addresses_keys_and_tickets(desk, problems_of):
    ann = person(desk, "ann")
    bob = person(desk, "bob", other_emails=["b@y.example"], unique_external_id="C-2")
    ticket = desk.made("/tickets", requester_id=bob["id"], subject="S", description="D")
    body = {"primary_contact_id": ann["id"], "secondary_contact_ids": [bob["id"]]}
    assert desk.post("/contacts/merge", body).status_code == 204
    merged = desk.get(f"/contacts/{ann['id']}").json()
    assert merged["other_emails"] == ["bob@x.example", "b@y.example"]
    assert merged["unique_external_id"] == "C-2"
    assert desk.get(f"/tickets/{ticket['id']}").json()["requester_id"] == ann["id"]
    gone = desk.get(f"/contacts/{bob['id']}").json()
    assert gone["deleted"] is True and gone["email"] is None
    assert desk.put(f"/contacts/{bob['id']}/restore").status_code == 404
    again = desk.post("/contacts/merge", body)
    assert problems_of(again) == {"secondary_contact_ids": "invalid_value"}


def test_companies_are_swept_by_name(desk, clock):
    zen = desk.made("/companies", name="Zen")
    desk.made("/companies", name="Acme", domains=["acme.example"], note="N")
    clock.advance(60)
    changed = desk.put(f"/companies/{zen['id']}", {"description": "New"}).json()
    assert changed["updated_at"] > zen["updated_at"]
    assert names(desk.listed("/companies", per_page=1)) == ["Acme", "Zen"]
    found = desk.get("/companies/autocomplete", name="ze").json()["companies"]
    assert found == [{"id": zen["id"], "name": "Zen"}]


def test_a_name_and_a_domain_are_of_one_company_only(desk, problems_of):
    acme = desk.made("/companies", name="Acme", domains=["acme.example"])
    answer = desk.post("/companies", {"name": "acme"})
    assert problems_of(answer, 409) == {"name": "duplicate_value"}
    [problem] = answer.json()["errors"]
    assert problem["additional_info"] == {"company_id": acme["id"]}
    answer = desk.post("/companies", {"name": "B", "domains": ["ACME.example"]})
    assert problems_of(answer, 409) == {"domains": "duplicate_value"}
    assert desk.put(f"/companies/{acme['id']}", {"name": "ACME"}).status_code == 200


def test_a_deleted_company_leaves_its_people(desk):
    acme = desk.made("/companies", name="Acme", domains=["x.example"])
    ann = person(desk, "ann")
    assert ann["company_id"] == acme["id"]
    assert desk.delete(f"/companies/{acme['id']}").status_code == 204
    assert desk.get(f"/companies/{acme['id']}").status_code == 404
    assert desk.get(f"/contacts/{ann['id']}").json()["company_id"] is None


@pytest.mark.parametrize(
    ("field_type", "good", "bad", "code"),
    [
        ("custom_text", "x", "x" * 256, "invalid_value"),
        ("custom_paragraph", "x" * 999, 1, "datatype_mismatch"),
        ("custom_number", 3, "3", "datatype_mismatch"),
        ("custom_number", 3, True, "datatype_mismatch"),
        ("custom_decimal", 2.5, "2.5", "datatype_mismatch"),
        ("custom_checkbox", False, "no", "datatype_mismatch"),
        ("custom_date", "2026-11-02", "2026-11-02T09:00:00Z", "invalid_date"),
        ("custom_url", "https://x.example", 1, "datatype_mismatch"),
    ],
)
def test_custom_values_are_checked_by_type(
    desk, field_type, good, bad, code, problems_of
):
    field = desk.made("/company_fields", label="Standing", type=field_type)
    assert field["name"] == "standing" and field["default"] is False
    company = desk.made("/companies", name="A", custom_fields={"standing": good})
    assert company["custom_fields"] == {"standing": good}
    path = f"/companies/{company['id']}"
    answer = desk.put(path, {"custom_fields": {"standing": bad}})
    assert problems_of(answer) == {"custom_fields.standing": code}
    cleared = desk.put(path, {"custom_fields": {"standing": None}}).json()
    assert cleared["custom_fields"] == {"standing": None}


def test_a_dropdown_has_choices(desk, problems_of):
    body = {"label": "Tier", "type": "custom_dropdown"}
    assert problems_of(desk.post("/contact_fields", body)) == {
        "choices": "missing_field"
    }
    choices = [{"value": "Gold", "position": 1}, {"value": "Silver", "position": 2}]
    desk.made("/contact_fields", **body, choices=choices)
    ann = person(desk, "ann", custom_fields={"tier": "Gold"})
    answer = desk.put(f"/contacts/{ann['id']}", {"custom_fields": {"tier": "Tin"}})
    assert problems_of(answer) == {"custom_fields.tier": "invalid_value"}


def test_fields_that_are_not_named_keep_their_values(desk):
    for label in ("One", "Two"):
        desk.made("/company_fields", label=label, type="custom_text")
    custom = {"one": "1", "two": "2"}
    company = desk.made("/companies", name="A", custom_fields=custom)
    body = {"custom_fields": {"two": "3"}}
    changed = desk.put(f"/companies/{company['id']}", body).json()
    assert changed["custom_fields"] == {"one": "1", "two": "3"}


def test_a_field_is_renamed_by_its_label_and_keeps_its_name(desk, problems_of):
    field = desk.made("/admin/ticket_fields", label="Order", type="custom_text")
    assert field["name"] == "cf_order"
    path = f"/admin/ticket_fields/{field['id']}"
    assert desk.put(path, {"label": "Sale order"}).json()["name"] == "cf_order"
    [found] = [
        each for each in desk.get("/ticket_fields").json() if not each["default"]
    ]
    assert (found["name"], found["label"]) == ("cf_order", "Sale order")
    again = desk.post(
        "/admin/ticket_fields", {"label": "Sale order", "type": "custom_text"}
    )
    assert problems_of(again, 409) == {"label": "duplicate_value"}
    assert desk.delete(path).status_code == 204
    assert desk.get(path).status_code == 404


def test_default_fields_tell_their_choices(desk):
    fields = {each["name"]: each for each in desk.get("/ticket_fields").json()}
    assert fields["status"]["choices"]["4"] == ["Resolved", "Resolved"]
    assert fields["priority"]["choices"]["Urgent"] == 4
    assert "Question" in fields["ticket_type"]["choices"]
    assert "choices" not in fields["subject"]
    path = f"/admin/ticket_fields/{fields['status']['id']}"
    assert desk.delete(path).status_code == 403


def test_what_the_account_is_set_up_with(desk):
    assert len(desk.get("/agents").json()) == 8
    [agent] = desk.get("/agents", email="ada.berger@northwind-support.example").json()
    assert desk.get(f"/agents/{agent['id']}").json() == agent
    [group, *_others] = desk.get("/groups").json()
    assert desk.get(f"/groups/{group['id']}").json()["name"] == "Support"
    assert len(desk.get("/products").json()) == 2
    [policy] = desk.get("/sla_policies").json()
    assert policy["sla_target"]["priority_4"]["resolve_within"] == 28_800
    assert desk.get("/settings/helpdesk").json()["primary_language"] == "en"
    assert desk.get("/account").json()["account_domain"].endswith(".freshdesk.com")
