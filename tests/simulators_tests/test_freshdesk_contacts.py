"""Contacts, companies and fields of a Freshdesk account."""

from datetime import timedelta

import pytest


def person(fresh, name, **more):
    return fresh.made("/contacts", name=name, email=f"{name}@x.example", **more)


def names(rows):
    return [each["name"] for each in rows]


def test_a_contact_needs_a_name_and_a_way_to_reach_it(fresh, problems_of):
    assert problems_of(fresh.post("/contacts", {})) == {
        "name": "missing_field",
        "email": "missing_field",
    }


def test_an_address_is_of_one_contact_only_main_or_other(fresh, problems_of):
    ann = person(fresh, "ann", other_emails=["a@alias.example"])
    for body in (
        {"name": "B", "email": "ANN@x.example"},
        {"name": "B", "email": "a@alias.example"},
    ):
        answer = fresh.post("/contacts", body)
        assert problems_of(answer, 409) == {"email": "duplicate_value"}
        [problem] = answer.json()["errors"]
        assert problem["additional_info"] == {"user_id": ann["id"]}
    body = {"name": "B", "email": "b@x.example", "other_emails": ["ann@x.example"]}
    assert problems_of(fresh.post("/contacts", body), 409) == {
        "other_emails": "duplicate_value"
    }


def test_addresses_are_kept_in_small_letters(fresh):
    ann = fresh.made(
        "/contacts", name="Ann", email="Ann@X.example", other_emails=["A@Y.example"]
    )
    assert (ann["email"], ann["other_emails"]) == ("ann@x.example", ["a@y.example"])


def test_an_external_key_is_of_one_contact_only_and_finds_it(fresh, problems_of):
    ann = person(fresh, "ann", unique_external_id="C-1")
    body = {"name": "B", "phone": "1", "unique_external_id": "C-1"}
    assert problems_of(fresh.post("/contacts", body), 409) == {
        "unique_external_id": "duplicate_value"
    }
    [found] = fresh.get("/contacts", unique_external_id="C-1").json()
    assert found["id"] == ann["id"]


def test_lists_are_by_name_and_lack_the_other_addresses(fresh):
    person(fresh, "zoe")
    person(fresh, "ann", other_emails=["a@alias.example"], tags=["vip"])
    listed = fresh.get("/contacts").json()
    assert names(listed) == ["ann", "zoe"]
    assert "other_emails" not in listed[0] and "tags" not in listed[0]
    whole = fresh.get(f"/contacts/{listed[0]['id']}").json()
    assert whole["other_emails"] == ["a@alias.example"]
    assert whole["tags"] == ["vip"]
    [found] = fresh.get("/contacts", email="a@alias.example").json()
    assert found["name"] == "ann"


def test_contacts_changed_since(fresh, clock):
    person(fresh, "ann")
    bob = person(fresh, "bob")
    clock.advance(60)
    since = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    assert fresh.get("/contacts", _updated_since=since).json() == []
    fresh.put(f"/contacts/{bob['id']}", {"phone": "1"})
    assert names(fresh.get("/contacts", _updated_since=since).json()) == ["bob"]
    offset = (clock.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S+02:00")
    assert names(fresh.get("/contacts", _updated_since=offset).json()) == ["bob"]


def test_states(freshdesk, fresh):
    people = {name: person(fresh, name) for name in ("ann", "bob", "cid", "dan")}
    for name, values in (("bob", {"blocked": True}), ("cid", {"active": True})):
        contact = freshdesk.store.get("contact", people[name]["id"])
        freshdesk.store.update("contact", contact, values)
    fresh.delete(f"/contacts/{people['dan']['id']}")
    assert names(fresh.get("/contacts").json()) == ["ann", "cid"]
    for state, expected in (
        ("blocked", ["bob"]),
        ("deleted", ["dan"]),
        ("verified", ["cid"]),
        ("unverified", ["ann"]),
    ):
        assert names(fresh.get("/contacts", state=state).json()) == expected


def test_a_deleted_contact_is_read_and_restored_but_not_changed(fresh):
    ann = person(fresh, "ann")
    path = f"/contacts/{ann['id']}"
    assert fresh.delete(path).status_code == 204
    assert fresh.get(path).json()["deleted"] is True
    for refused in (fresh.put(path, {"phone": "1"}), fresh.delete(path)):
        assert (refused.status_code, refused.headers["Allow"]) == (405, "GET")
    assert fresh.put(f"{path}/restore").status_code == 204
    assert "deleted" not in fresh.get(path).json()


def test_a_blocked_contact_is_not_changed(freshdesk, fresh):
    contact = freshdesk.store.get("contact", person(fresh, "ann")["id"])
    freshdesk.store.update("contact", contact, {"blocked": True})
    answer = fresh.put(f"/contacts/{contact['id']}", {"phone": "1"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_a_contact_becomes_active_and_never_inactive(fresh, problems_of):
    path = f"/contacts/{person(fresh, 'ann')['id']}"
    assert fresh.put(path, {"active": True}).json()["active"] is True
    answer = fresh.put(path, {"active": False})
    assert problems_of(answer) == {"active": "invalid_value"}


def test_ten_addresses_at_most_and_none_without_a_main_one(fresh, problems_of):
    path = f"/contacts/{person(fresh, 'ann')['id']}"
    many = [f"a{number}@y.example" for number in range(10)]
    answer = fresh.put(path, {"other_emails": many})
    assert problems_of(answer) == {"other_emails": "invalid_value"}
    assert fresh.put(path, {"other_emails": many[:9]}).status_code == 200
    body = {"name": "B", "phone": "1", "other_emails": ["b@y.example"]}
    answer = fresh.post("/contacts", body)
    assert problems_of(answer) == {"other_emails": "invalid_value"}


def test_a_merge_is_told_which_of_two_values_stays(fresh, problems_of):
    ann = person(fresh, "ann", phone="1", unique_external_id="C-1")
    bob = person(fresh, "bob", phone="2", mobile="3", unique_external_id="C-2")
    body = {"primary_contact_id": ann["id"], "secondary_contact_ids": [bob["id"]]}
    wrong = {"phone": "invalid_value", "unique_external_id": "invalid_value"}
    assert problems_of(fresh.post("/contacts/merge", body)) == wrong
    chosen = {"phone": "2", "unique_external_id": "C-9"}
    answer = fresh.post("/contacts/merge", {**body, "contact": chosen})
    assert problems_of(answer) == {"unique_external_id": "invalid_value"}
    chosen["unique_external_id"] = "C-2"
    answer = fresh.post("/contacts/merge", {**body, "contact": chosen})
    assert answer.status_code == 204
    merged = fresh.get(f"/contacts/{ann['id']}").json()
    assert (merged["phone"], merged["mobile"]) == ("2", "3")
    [found] = fresh.get("/contacts", unique_external_id="C-2").json()
    assert found["id"] == ann["id"]


def test_merged_people_keep_all_their_companies(fresh):
    acme, zen = (fresh.made("/companies", name=name) for name in ("Acme", "Zen"))
    ann = person(fresh, "ann", company_id=acme["id"])
    bob = person(fresh, "bob", company_id=zen["id"])
    body = {"primary_contact_id": ann["id"], "secondary_contact_ids": [bob["id"]]}
    fresh.post("/contacts/merge", body)
    merged = fresh.get(f"/contacts/{ann['id']}").json()
    assert merged["company_id"] == acme["id"]
    [other] = merged["other_companies"]
    assert other["company_id"] == zen["id"]


def test_for_good_only_what_is_deleted_already_or_by_force(fresh):
    ann, bob = person(fresh, "ann"), person(fresh, "bob")
    path = f"/contacts/{ann['id']}/hard_delete"
    assert fresh.delete(path).status_code == 400
    fresh.delete(f"/contacts/{ann['id']}")
    assert fresh.delete(path).status_code == 204
    assert fresh.get(f"/contacts/{ann['id']}").status_code == 404
    path = f"/contacts/{bob['id']}/hard_delete"
    assert fresh.delete(path, force="true").status_code == 204


def test_merging_moves_addresses_keys_and_tickets(fresh, problems_of):
    ann = person(fresh, "ann")
    bob = person(fresh, "bob", other_emails=["b@y.example"], unique_external_id="C-2")
    ticket = fresh.made(
        "/tickets", requester_id=bob["id"], subject="S", description="D"
    )
    body = {"primary_contact_id": ann["id"], "secondary_contact_ids": [bob["id"]]}
    assert fresh.post("/contacts/merge", body).status_code == 204
    merged = fresh.get(f"/contacts/{ann['id']}").json()
    assert merged["other_emails"] == ["bob@x.example", "b@y.example"]
    assert merged["unique_external_id"] == "C-2"
    assert fresh.get(f"/tickets/{ticket['id']}").json()["requester_id"] == ann["id"]
    gone = fresh.get(f"/contacts/{bob['id']}").json()
    assert gone["deleted"] is True and gone["email"] is None
    assert fresh.put(f"/contacts/{bob['id']}/restore").status_code == 404
    again = fresh.post("/contacts/merge", body)
    assert problems_of(again) == {"secondary_contact_ids": "invalid_value"}


def test_companies_are_swept_by_name(fresh, clock):
    zen = fresh.made("/companies", name="Zen")
    fresh.made("/companies", name="Acme", domains=["acme.example"], note="N")
    clock.advance(60)
    changed = fresh.put(f"/companies/{zen['id']}", {"description": "New"}).json()
    assert changed["updated_at"] > zen["updated_at"]
    assert names(fresh.listed("/companies", per_page=1)) == ["Acme", "Zen"]
    found = fresh.get("/companies/autocomplete", name="ze").json()["companies"]
    assert found == [{"id": zen["id"], "name": "Zen"}]


def test_a_name_and_a_domain_are_of_one_company_only(fresh, problems_of):
    acme = fresh.made("/companies", name="Acme", domains=["acme.example"])
    answer = fresh.post("/companies", {"name": "acme"})
    assert problems_of(answer, 409) == {"name": "duplicate_value"}
    [problem] = answer.json()["errors"]
    assert problem["additional_info"] == {"company_id": acme["id"]}
    answer = fresh.post("/companies", {"name": "B", "domains": ["ACME.example"]})
    assert problems_of(answer, 409) == {"domains": "duplicate_value"}
    assert fresh.put(f"/companies/{acme['id']}", {"name": "ACME"}).status_code == 200


def test_a_deleted_company_leaves_its_people(fresh):
    acme = fresh.made("/companies", name="Acme", domains=["x.example"])
    ann = person(fresh, "ann")
    assert ann["company_id"] == acme["id"]
    assert fresh.delete(f"/companies/{acme['id']}").status_code == 204
    assert fresh.get(f"/companies/{acme['id']}").status_code == 404
    assert fresh.get(f"/contacts/{ann['id']}").json()["company_id"] is None


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
    fresh, field_type, good, bad, code, problems_of
):
    field = fresh.made("/company_fields", label="Standing", type=field_type)
    assert field["name"] == "standing" and field["default"] is False
    company = fresh.made("/companies", name="A", custom_fields={"standing": good})
    assert company["custom_fields"] == {"standing": good}
    path = f"/companies/{company['id']}"
    answer = fresh.put(path, {"custom_fields": {"standing": bad}})
    assert problems_of(answer) == {"custom_fields.standing": code}
    cleared = fresh.put(path, {"custom_fields": {"standing": None}}).json()
    assert cleared["custom_fields"] == {"standing": None}


def test_a_dropdown_has_choices(fresh, problems_of):
    body = {"label": "Tier", "type": "custom_dropdown"}
    assert problems_of(fresh.post("/contact_fields", body)) == {
        "choices": "missing_field"
    }
    choices = [{"value": "Gold", "position": 1}, {"value": "Silver", "position": 2}]
    fresh.made("/contact_fields", **body, choices=choices)
    ann = person(fresh, "ann", custom_fields={"tier": "Gold"})
    answer = fresh.put(f"/contacts/{ann['id']}", {"custom_fields": {"tier": "Tin"}})
    assert problems_of(answer) == {"custom_fields.tier": "invalid_value"}


def test_fields_that_are_not_named_keep_their_values(fresh):
    for label in ("One", "Two"):
        fresh.made("/company_fields", label=label, type="custom_text")
    custom = {"one": "1", "two": "2"}
    company = fresh.made("/companies", name="A", custom_fields=custom)
    body = {"custom_fields": {"two": "3"}}
    changed = fresh.put(f"/companies/{company['id']}", body).json()
    assert changed["custom_fields"] == {"one": "1", "two": "3"}


def test_a_field_is_renamed_by_its_label_and_keeps_its_name(fresh, problems_of):
    field = fresh.made("/admin/ticket_fields", label="Order", type="custom_text")
    assert field["name"] == "cf_order"
    path = f"/admin/ticket_fields/{field['id']}"
    assert fresh.put(path, {"label": "Sale order"}).json()["name"] == "cf_order"
    [found] = [
        each for each in fresh.get("/ticket_fields").json() if not each["default"]
    ]
    assert (found["name"], found["label"]) == ("cf_order", "Sale order")
    again = fresh.post(
        "/admin/ticket_fields", {"label": "Sale order", "type": "custom_text"}
    )
    assert problems_of(again, 409) == {"label": "duplicate_value"}
    assert fresh.delete(path).status_code == 204
    assert fresh.get(path).status_code == 404


def test_default_fields_tell_their_choices(fresh):
    fields = {each["name"]: each for each in fresh.get("/ticket_fields").json()}
    assert fields["status"]["choices"]["4"] == ["Resolved", "Resolved"]
    assert fields["priority"]["choices"]["Urgent"] == 4
    assert "Question" in fields["ticket_type"]["choices"]
    assert "choices" not in fields["subject"]
    path = f"/admin/ticket_fields/{fields['status']['id']}"
    assert fresh.delete(path).status_code == 403


def test_what_the_account_is_set_up_with(fresh):
    assert len(fresh.get("/agents").json()) == 8
    [agent] = fresh.get("/agents", email="ada.berger@northwind-support.example").json()
    assert fresh.get(f"/agents/{agent['id']}").json() == agent
    [group, *_others] = fresh.get("/groups").json()
    assert fresh.get(f"/groups/{group['id']}").json()["name"] == "Support"
    assert len(fresh.get("/products").json()) == 2
    [policy] = fresh.get("/sla_policies").json()
    assert policy["sla_target"]["priority_4"]["resolve_within"] == 28_800
    assert fresh.get("/settings/helpdesk").json()["primary_language"] == "en"
    assert fresh.get("/account").json()["account_domain"].endswith(".freshdesk.com")
