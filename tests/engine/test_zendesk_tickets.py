"""A ticket of Zendesk's in our words."""

import datetime

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.map_file import shipped_lines
from odoo.addons.connector_base.engine.paths import MISSING, getter
from odoo.addons.connector_support.providers.zendesk import tickets
from odoo.addons.connector_support.providers.zendesk.streams import MAPS

from .zendesk_desk import HOUR, change, organization, ticket, user

NOW = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)
ALL = ("support.brand", "support.form", "support.custom_status")


@pytest.fixture
def read(zendesk_desk):
    """The values of a ticket, as an export brings it."""

    def read(record, paths=ALL):
        desk = zendesk_desk("tickets", paths=paths)
        return desk.by_id()[str(record.id)].values

    return read


def test_a_ticket_is_told_in_our_words(zendesk, read):
    acme = organization(zendesk)
    ada = user(zendesk, "Ada", email="ada@a.example", organization_id=acme.id)
    bob = user(zendesk, "Bob", email="bob@desk.example", role="agent")
    group = next(iter(zendesk.store.groups))
    made = ticket(
        zendesk,
        requester_id=ada.id,
        assignee_id=bob.id,
        group_id=group,
        status="hold",
        via={"channel": "email"},
    )
    values = read(made)
    parts = values["support"]
    assert (values["requester_id"], values["organization_id"]) == (ada.id, acme.id)
    assert parts["status"] == "on_hold"
    assert (parts["assignee"], parts["group"]) == ("Bob", "Support")
    assert parts["requester_email"] == "ada@a.example"
    assert (parts["channel"], parts["satisfaction"]) == ("email", "none")
    assert (parts["brand"], parts["form"]) == ("Northwind", "Default Ticket Form")
    assert parts["custom_status"] == "Hold"
    assert (parts["comments_count"], parts["reopens"]) == (1, 0)
    assert parts["closed_at"] is parts["solved_at"] is parts["first_reply_at"] is None


@pytest.mark.parametrize("status", ["new", "open", "pending", "solved"])
def test_each_status_is_known(zendesk, read, status):
    assert read(ticket(zendesk, status=status))["support"]["status"] == status


def test_a_status_of_the_account_counts_as_its_category(zendesk, read):
    zendesk.store.statuses[77] = ("pending", "Waiting for the carrier", False)
    parts = read(ticket(zendesk, custom_status_id=77, status="pending"))["support"]
    assert parts["status"] == "pending"
    assert parts["custom_status"] == "Waiting for the carrier"


def test_deleted_tickets_come_as_deleted_and_scrubbed_ones_without_content(
    zendesk, zendesk_desk
):
    one, two = ticket(zendesk, "One"), ticket(zendesk, "Two")
    desk = zendesk_desk("tickets")
    desk.run()
    zendesk.store.delete_ticket(one)
    zendesk.store.delete_ticket(two)
    zendesk.store.scrub_ticket(two)
    found = desk.by_id()
    assert found[str(one.id)].values["support"]["status"] == "deleted"
    assert found[str(one.id)].values["subject"] == "One"
    assert found[str(two.id)].values["subject"] == "SCRUBBED"
    assert desk.reader.fetch_by_ids([str(one.id), str(two.id)]) == []
    zendesk.store.restore_ticket(one)
    assert desk.by_id()[str(one.id)].values["support"]["status"] == "new"


def test_a_ticket_that_was_reopened_is_told_so(zendesk, read):
    bob = user(zendesk, "Bob", email="bob@desk.example", role="agent")
    made = ticket(zendesk, assignee_id=bob.id)
    change(zendesk, made, status="solved")
    solved = read(made)["support"]
    assert solved["solved_at"] and solved["closed_at"] is None
    change(zendesk, made, status="open")
    again = read(made)["support"]
    assert (again["reopens"], again["solved_at"]) == (1, None)


def test_the_first_reply_and_the_satisfaction_are_told(zendesk, read):
    bob = user(zendesk, "Bob", email="bob@desk.example", role="agent")
    made = ticket(zendesk)
    zendesk.clock.advance(30 * 60)
    change(zendesk, made, comment={"body": "Hello", "author_id": bob.id})
    zendesk.store.update(made, {"score": "bad", "score_comment": "Too late"})
    parts = read(made)["support"]
    assert parts["first_reply_at"] == "2026-11-02T09:30:00+00:00"
    assert parts["satisfaction"] == "bad"
    assert parts["comments_count"] == 2


def test_own_fields_are_known_by_their_ids_whatever_they_are_called(zendesk, read):
    field = zendesk.store.fields.define("ticket", "text", "Order number")
    made = ticket(zendesk, custom_fields=[{"id": field.id, "value": "S00042"}])
    where = getter(f"custom_fields.{field.id}")
    assert where(read(made)) == "S00042"
    zendesk.store.fields.change(field, {"title": "Sales order"})
    change(zendesk, made, tags=["x"])
    assert where(read(made)) == "S00042"
    zendesk.store.fields.remove(field)
    change(zendesk, made, tags=["y"])
    assert where(read(made)) is MISSING


def test_names_cost_a_request_only_where_they_are_wanted(zendesk, read):
    made = ticket(zendesk)
    assert "brand" not in read(made, paths=())["support"]
    paths = [entry.path for entry in zendesk.requests.entries]
    assert not any("brands" in path or "forms" in path for path in paths)


def test_names_that_the_plan_does_not_show_are_left_out(zendesk, read):
    zendesk.access.forbidden |= {"ticket_forms"}
    parts = read(ticket(zendesk))["support"]
    assert "form" not in parts
    assert parts["brand"] == "Northwind"


def test_metrics_are_found_beside_the_tickets_and_within(zendesk, read):
    made = ticket(zendesk)
    beside = read(made)["support"]
    zendesk.exports.sideloads.metrics_within = True
    assert read(made)["support"] == beside


# -- service levels -----------------------------------------------------------------


def target(metric="first_reply_time", minutes=60, stage="active"):
    due = NOW + datetime.timedelta(minutes=minutes)
    return {"metric": metric, "stage": stage, "breach_at": due.isoformat()}


def level(*targets, **parts):
    return tickets.service_level({"slas": {"policy_metrics": targets}}, parts, NOW)


def test_without_targets_there_is_no_level_and_without_a_word_nothing_is_said():
    assert level()["sla_state"] == "none"
    assert tickets.service_level({}, {}, NOW) == {}


def test_a_target_that_runs_is_missed_once_its_time_is_over():
    assert level(target())["sla_state"] == "active"
    late = level(target(minutes=-1))
    assert (late["sla_state"], late["is_breached"]) == ("breached", True)
    paused = level(target(stage="paused"))
    assert (paused["sla_state"], paused["is_breached"]) == ("paused", False)


def test_a_target_that_was_met_too_late_stays_missed():
    met = target(stage="achieved")
    at = NOW + datetime.timedelta(minutes=30)
    assert level(met, first_reply_at=at.isoformat())["sla_state"] == "achieved"
    at = NOW + datetime.timedelta(minutes=90)
    assert level(met, first_reply_at=at.isoformat())["is_breached"]


def test_the_earliest_target_of_a_kind_is_due():
    found = level(
        target("requester_wait_time", 300),
        target("agent_work_time", 200),
        target("next_reply_time", 10),
    )
    assert found["first_reply_due_at"] is None
    assert found["resolution_due_at"] == "2026-11-02T12:20:00+00:00"


def test_targets_of_an_account_come_along(zendesk, read):
    made = ticket(zendesk, priority="urgent")
    parts = read(made)["support"]
    assert (parts["sla_state"], parts["is_breached"]) == ("active", False)
    assert parts["first_reply_due_at"] == "2026-11-02T10:00:00+00:00"
    assert parts["resolution_due_at"] == "2026-11-02T17:00:00+00:00"
    zendesk.clock.advance(24 * 3600)
    assert read(made)["support"]["sla_state"] == "breached"


# -- what time alone brings -----------------------------------------------------------

LEVELS = ("support.is_breached",)


def test_a_ticket_that_misses_its_target_comes_although_nobody_changed_it(
    zendesk, zendesk_desk
):
    late, calm = ticket(zendesk, priority="urgent"), ticket(zendesk)
    desk = zendesk_desk("tickets", paths=LEVELS)
    first = desk.by_id()
    assert not first[str(late.id)].values["support"]["is_breached"]
    assert desk.ids() == []
    found = desk.by_id(after=2 * HOUR)
    assert found.keys() == {str(late.id)}
    assert found[str(late.id)].values["support"]["is_breached"]
    assert desk.run(after=HOUR) == [], "once"
    change(zendesk, calm, tags=["x"])
    assert desk.ids() == [str(calm.id)], "and the tickets go on"


def test_what_a_first_load_has_read_may_miss_its_target_before_it_ends(
    zendesk, zendesk_desk
):
    made = [ticket(zendesk, priority="urgent") for _number in range(4)]
    zendesk.exports.page = 2
    desk = zendesk_desk("tickets", paths=LEVELS)
    zendesk.clock.advance(HOUR - 60)
    first = desk.page()
    assert not any(each.values["support"]["is_breached"] for each in first.records)
    last = {each.remote_id: each for each in desk.run()}
    assert last.keys() == {str(each.id) for each in made}
    assert all(each.values["support"]["is_breached"] for each in last.values())


def test_many_events_come_in_pages(zendesk, zendesk_desk):
    made = [ticket(zendesk, priority="urgent") for _number in range(9)]
    desk = zendesk_desk("tickets", paths=LEVELS)
    desk.run()
    zendesk.exports.page = 4
    assert set(desk.ids(after=2 * HOUR)) == {str(each.id) for each in made}


def test_what_nobody_looks_at_is_not_asked_for(zendesk, zendesk_desk):
    desk = zendesk_desk("tickets")
    desk.run()
    desk.run()
    paths = [entry.path for entry in zendesk.requests.entries]
    assert not any("metric_events" in path for path in paths)


# -- the map ------------------------------------------------------------------------


@pytest.mark.parametrize("stream", ["organizations", "users", "tickets"])
def test_each_line_of_the_default_map_finds_its_value(zendesk, zendesk_desk, stream):
    zendesk.seed_records(3)
    lines = [
        line
        for line in shipped_lines(MAPS / f"{stream}.json")
        if line.direction != "push"
    ]
    desk = zendesk_desk(stream, paths=[line.remote_path for line in lines])
    for record in desk.run():
        for line in lines:
            assert getter(line.remote_path)(record.values) is not MISSING, line


def test_a_right_that_is_missing_names_its_scope(zendesk, zendesk_client):
    zendesk.access.tokens[zendesk.token] = frozenset({"users:read"})
    with pytest.raises(errors.PermissionDenied) as caught:
        zendesk_client().get("api/v2/tickets")
    assert caught.value.params["scope"] == "tickets:read, read"
