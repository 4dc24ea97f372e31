"""What Zendesk says of its fields, of who answers, and how many there are of each."""

import pytest

from odoo.addons.connector_base.engine import compat
from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_support.providers.zendesk import describe, own, references
from odoo.addons.connector_support.providers.zendesk.streams import MAPS

from .zendesk_desk import user

STREAMS = ("organizations", "users", "tickets", "comments")


@pytest.fixture
def fields(zendesk_client):
    """``{path: RemoteField}`` of a stream."""

    def read(stream):
        found = describe.remote_fields(zendesk_client(), stream)
        assert len({each.path for each in found}) == len(found)
        assert all(each.kind in compat.REMOTE_KINDS for each in found)
        return {each.path: each for each in found}

    return read


@pytest.mark.parametrize("stream", STREAMS)
def test_each_line_of_the_default_map_has_a_field(fields, stream):
    known = fields(stream)
    for line in shipped_lines(MAPS / f"{stream}.json"):
        assert line.remote_path in known, line.remote_path
        if line.direction != "pull":
            assert known[line.remote_path].writable, line.remote_path


def test_own_fields_come_with_their_kinds_and_options(zendesk, fields):
    define = zendesk.store.fields.define
    text = define("ticket", "text", "Order number")
    box = define("ticket", "checkbox", "Urgent?")
    many = define("ticket", "multiselect", "Parts", options=["Left", "Right"])
    choice = define("organization", "dropdown", "Region", "region", ["North", "South"])
    off = define("organization", "text", "Old", "old", active=False)
    number = define("user", "decimal", "Score", "score")
    tickets = fields("tickets")
    assert tickets[f"custom_fields.{text.id}"].label == "Order number"
    assert tickets[f"custom_fields.{box.id}"].kind == "boolean"
    parts = tickets[f"custom_fields.{many.id}"]
    assert (parts.kind, parts.custom) == ("options", True)
    assert parts.options == (("left", "Left"), ("right", "Right"))
    assert fields("organizations")["organization_fields.region"].kind == "option"
    assert "organization_fields.old" not in fields("organizations")
    assert fields("users")["user_fields.score"].kind == "number"
    assert (choice.active, off.active, number.active) == (True, False, True)
    zendesk.store.fields.change(text, {"title": "Sales order"})
    assert fields("tickets")[f"custom_fields.{text.id}"].label == "Sales order"


def test_system_fields_are_told_once(fields):
    assert not [path for path in fields("tickets") if path.startswith("custom_fields")]


@pytest.mark.parametrize("stream", ["organizations", "users"])
def test_fields_of_ours_can_be_mapped_before_they_are_made(
    zendesk, fields, zendesk_client, stream
):
    kept = f"{stream[:-1]}_fields"
    before = fields(stream)[f"{kept}.odoo_account_status"]
    assert "Not there yet" in before.description
    own.ensure(zendesk_client(), stream, {"odoo_account_status"})
    after = fields(stream)[f"{kept}.odoo_account_status"]
    assert "Kept by Odoo" in after.description
    assert after.kind == before.kind


def test_more_fields_than_a_page_has_are_all_read(zendesk, fields):
    for number in range(130):
        zendesk.store.fields.define("user", "text", f"F{number}", f"f{number}")
    assert "user_fields.f129" in fields("users")


def test_those_who_answer_are_reference_values_by_their_e_mail(zendesk, zendesk_client):
    user(zendesk, "Ada", email="ada@acme.example")
    bob = user(zendesk, "Bob", email="bob@desk.example", role="agent")
    found = {each.value: each for each in references.agents(zendesk_client())}
    assert found[str(bob.id)].kind == "owner"
    assert found[str(bob.id)].hints == {"email": "bob@desk.example"}
    # The account's own administrator, and nobody who asks.
    assert len(found) == 2
