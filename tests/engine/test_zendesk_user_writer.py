"""People who are sent to Zendesk: new ones, aliases, other addresses."""

import json

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_support.providers.zendesk import writers

from .zendesk_desk import organization, user, work


@pytest.fixture
def writer(zendesk_client):
    return lambda stream="users": writers.writer_of(zendesk_client(), stream)


def test_new_users_ask_and_get_no_mail(zendesk, writer):
    acme = organization(zendesk)
    values = {"name": "Ada", "email": "ada@a.example", "organization_id": str(acme.id)}
    [result] = writer("users").create([OutgoingRow("k-1", values)])
    made = zendesk.store.users.get(result.remote_id)
    assert (made.role, made.external_id) == ("end-user", "k-1")
    assert made.organization_id == acme.id
    body = json.loads(zendesk.requests.entries[-1].body)
    assert body["user"]["skip_verify_email"] is True


def test_who_has_the_e_mail_already_is_linked_and_keeps_the_own_id(zendesk, writer):
    ada = user(zendesk, "A. L.", email="ada@a.example", external_id="U7")
    rows = [
        OutgoingRow("k-1", {"name": "Ada", "email": "ADA@a.example"}),
        OutgoingRow("k-2", {"name": "Bob", "email": "bob@a.example"}),
    ]
    found = work(writer("users"), "create", rows)
    assert (found["k-1"].remote_id, found["k-1"].existing) == (str(ada.id), True)
    assert (ada.name, ada.external_id) == ("A. L.", "U7")
    assert found["k-2"].error is None


def test_an_alias_is_who_has_the_e_mail_too(zendesk, writer):
    ada = user(zendesk, "Ada", email="ada@a.example")
    zendesk.store.add_identity(ada, "email", "lovelace@a.example")
    rows = [OutgoingRow("k-1", {"name": "Ada", "email": "lovelace@a.example"})]
    [result] = writer("users").create(rows)
    assert (result.remote_id, result.existing) == (str(ada.id), True)


def test_an_agent_with_the_e_mail_is_nobody_to_link(zendesk, writer):
    user(zendesk, "Bob", email="bob@desk.example", role="agent")
    rows = [OutgoingRow("k-1", {"name": "Bob", "email": "bob@desk.example"})]
    [result] = writer("users").create(rows)
    assert isinstance(result.error, errors.InvalidRecord)


@pytest.mark.parametrize("by_job", [False, True])
def test_another_e_mail_becomes_the_first_one(zendesk, writer, by_job):
    ada = user(zendesk, "Ada", email="ada@a.example")
    bob = user(zendesk, "Bob", email="bob@a.example")
    rows = [OutgoingRow("k-1", {"email": "new@a.example"}, str(ada.id))]
    if by_job:
        rows.append(OutgoingRow("k-2", {"name": "Bobby"}, str(bob.id)))
        found = work(writer("users"), "update", rows)
        assert not [each.error for each in found.values() if each.error]
    else:
        writer("users").update(rows)
    assert ada.email == "new@a.example"
    addresses = {each.value for each in zendesk.store.identities_of[ada.id]}
    assert addresses == {"ada@a.example", "new@a.example"}


def test_an_e_mail_is_not_emptied(zendesk, writer):
    ada = user(zendesk, "Ada", email="ada@a.example")
    [result] = writer("users").update([OutgoingRow("k", {"email": None}, str(ada.id))])
    assert result.error.params["property"] == "email"


def test_fields_of_users_go_by_jobs_as_well(zendesk, writer):
    people = [user(zendesk, f"U{n}", email=f"u{n}@a.example") for n in range(3)]
    rows = [
        OutgoingRow(f"k-{n}", {"user_fields.odoo_account_tier": "Gold"}, str(each.id))
        for n, each in enumerate(people)
    ]
    work(writer("users"), "update", rows)
    assert [each.fields["odoo_account_tier"] for each in people] == ["Gold"] * 3


@pytest.mark.parametrize(
    ("stream", "path", "can"),
    [
        ("organizations", "name", True),
        ("organizations", "organization_fields.odoo_url", True),
        ("organizations", "organization_fields", False),
        ("organizations", "id", False),
        ("organizations", "external_id", False),
        ("users", "email", True),
        ("users", "support.role", False),
        ("users", "user_fields.a.b", False),
        ("tickets", "support.status", True),
        ("tickets", "custom_fields.42", False),
        ("comments", "body", True),
    ],
)
def test_what_can_be_written_is_known(stream, path, can):
    assert writers.is_writable(stream, path) is can
