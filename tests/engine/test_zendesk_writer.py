"""Organizations and users that are sent to Zendesk, one by one and by jobs."""

import pytest

from odoo.addons.connector_base.engine import errors
from odoo.addons.connector_base.engine.records import OutgoingRow
from odoo.addons.connector_support.providers.zendesk import ask, jobs, own, writers

from .vendor import failure
from .zendesk_desk import organization, user, work

FIELD = "organization_fields.odoo_account_status"


def row(number, remote_id=None, **values):
    key = f"db-res.partner-{number}"
    return OutgoingRow(key, values, remote_id and str(remote_id))


def states(*numbers_and_ids):
    return [
        OutgoingRow(f"db-res.partner-{n}", {FIELD: "suspended"}, str(remote_id))
        for n, remote_id in numbers_and_ids
    ]


def asked(zendesk, part):
    """Methods and paths of requests whose path has a part."""
    entries = zendesk.requests.entries
    return [(each.method, each.path) for each in entries if part in each.path]


@pytest.fixture
def writer(zendesk_client):
    return lambda stream="organizations": writers.writer_of(zendesk_client(), stream)


# -- our fields -----------------------------------------------------------------


def test_fields_of_ours_are_made_before_they_are_sent(zendesk, writer):
    acme = organization(zendesk)
    [result] = writer().update(states((1, acme.id)))
    assert result.error is None
    assert acme.fields == {"odoo_account_status": "suspended"}
    made = zendesk.store.fields.custom("organization")
    assert [each.key for each in made] == ["odoo_account_status"], "and no others"
    assert zendesk.store.ignored == {}


def test_fields_that_are_there_are_not_made_again(zendesk, writer):
    acme = organization(zendesk)
    for _again in range(2):
        writer().update(states((1, acme.id)))
    assert (
        asked(zendesk, "organization_fields").count(
            ("POST", "/api/v2/organization_fields")
        )
        == 1
    )


def test_who_may_not_make_fields_is_told_which_and_of_what(zendesk, writer):
    acme = organization(zendesk)
    zendesk.faults.add("missing_scope", path="organization_fields", method="POST")
    error = failure(writer().update, states((1, acme.id)))
    assert isinstance(error, errors.InvalidRecord), "the connection goes on"
    assert error.code == "zendesk_field_missing"
    assert error.params["property"] == "odoo_account_status"
    assert acme.fields is None, "nothing was passed over in silence"


def test_a_field_that_is_switched_off_is_told(zendesk, writer):
    acme = organization(zendesk)
    define = zendesk.store.fields.define
    define("organization", "text", "X", "odoo_account_status", active=False)
    error = failure(writer().update, states((1, acme.id)))
    assert error.code == "zendesk_field_off"


def test_a_field_that_is_not_ours_is_never_made(zendesk, writer):
    acme = organization(zendesk)
    rows = [OutgoingRow("k", {"organization_fields.vip": "yes"}, str(acme.id))]
    assert failure(writer().update, rows).code == "zendesk_field_missing"
    assert zendesk.store.fields.custom("organization") == []


@pytest.mark.parametrize("stream", ["organizations", "users"])
def test_each_field_of_ours_takes_a_value(zendesk, writer, stream):
    record = organization(zendesk) if stream == "organizations" else user(zendesk)
    kept = f"{stream[:-1]}_fields"
    samples = {own.NUMBER: "1500.5", own.WHOLE: 12, own.DATE: "2026-12-31"}
    values = {
        f"{kept}.{key}": samples.get(kind, "some text")
        for key, (_title, kind) in own.FIELDS_MADE[stream].items()
    }
    [result] = writer(stream).update([OutgoingRow("k", values, str(record.id))])
    assert result.error is None
    assert record.fields.keys() == own.FIELDS_MADE[stream].keys()


# -- one ----------------------------------------------------------------------------


def test_one_that_waits_alone_goes_at_once_by_one_request(zendesk, writer):
    acme = organization(zendesk)
    assert writer().bulk_from == 2
    writer().update(states((1, acme.id)))
    assert asked(zendesk, "organizations/") == [
        ("PUT", f"/api/v2/organizations/{acme.id}")
    ]


def test_a_new_one_has_our_key(zendesk, writer):
    [result] = writer().create([row(1, name="Acme", details="Since 1999")])
    made = zendesk.store.organizations.get(result.remote_id)
    assert (made.external_id, made.details) == ("db-res.partner-1", "Since 1999")


def test_a_second_try_finds_what_the_first_one_made(zendesk, writer):
    [first] = writer().create([row(1, name="Acme")])
    [second] = writer().create([row(1, name="Acme")])
    assert second.remote_id == first.remote_id
    assert not second.existing
    assert len(zendesk.store.organizations) == 1


def test_what_an_earlier_try_sent_otherwise_is_to_be_looked_at(zendesk, writer):
    [first] = writer().create([row(1, name="Acme")])
    [second] = writer().create([row(1, name="Acme", details="More by now")])
    assert (second.remote_id, second.existing) == (first.remote_id, True)


def test_a_lost_answer_makes_nothing_twice(zendesk, writer):
    zendesk.faults.add("drop_half", method="POST")
    [result] = writer().create([row(1, name="Acme")])
    assert result.error is None
    assert len(zendesk.store.organizations) == 1


def test_who_has_the_name_already_is_linked_and_not_written(zendesk, writer):
    acme = organization(zendesk, "ACME", external_id="C000042")
    [result] = writer().create([row(1, name="Acme", details="Ours")])
    assert (result.remote_id, result.existing) == (str(acme.id), True)
    assert (acme.external_id, acme.details) == ("C000042", None)


def test_a_refused_one_says_why_and_the_others_go(zendesk, writer):
    acme = organization(zendesk)
    other = organization(zendesk, "Other")
    rows = [row(1, 424242, name="X"), row(2, other.id, name="Acme")]
    rows.append(row(3, acme.id, details="fine"))
    gone, taken, done = writer().update(rows)
    assert isinstance(gone.error, errors.RemoteNotFound)
    assert isinstance(taken.error, errors.InvalidRecord)
    assert taken.error.params["property"] == "name"
    assert done.error is None
    assert acme.details == "fine"


def test_nothing_is_deleted(zendesk, writer):
    acme = organization(zendesk)
    [result] = writer().archive([row(1, acme.id)])
    assert result.error.code == "zendesk_not_deleted"
    assert len(zendesk.store.organizations) == 1


def test_the_vendor_is_not_emptied_of_names(zendesk, writer):
    acme = organization(zendesk)
    [result] = writer().update([row(1, acme.id, name=None)])
    assert result.error.params["property"] == "name"
    assert writer().submit("update", [row(1, acme.id, name=None)] * 2) is None


# -- many by jobs ---------------------------------------------------------------------


def test_five_thousand_organizations_take_few_calls(zendesk, writer):
    made = [organization(zendesk, f"O{number}") for number in range(5_000)]
    rows = states(*((number, each.id) for number, each in enumerate(made)))
    mine, found = writer(), {}
    for part in ask.parts(rows, mine.bulk_size):
        found |= work(mine, "update", part)
    assert len(found) == 5_000
    assert not [each for each in found.values() if each.error]
    assert all(each.fields for each in made)
    assert len(asked(zendesk, "update_many")) == 50, "a hundred rows each"
    assert len(asked(zendesk, "job_statuses")) <= 3 * 3, "all jobs by one look"
    assert len(zendesk.requests.entries) <= 50 + 9 + 2


def test_new_records_are_made_and_known(zendesk, writer):
    rows = [row(n, name=f"O{n}") for n in range(120)]
    found = work(writer(), "create", rows)
    assert found.keys() == {each.key for each in rows}
    for each in rows:
        made = zendesk.store.organizations.get(found[each.key].remote_id)
        assert (made.external_id, made.name) == (each.key, each.values["name"])


def test_the_same_rows_again_make_no_second_records(zendesk, writer):
    rows = [row(n, name=f"O{n}") for n in range(5)]
    first = work(writer(), "create", rows)
    again = work(writer(), "create", rows)
    assert len(zendesk.store.organizations) == 5
    for each in rows:
        assert again[each.key].remote_id == first[each.key].remote_id
        assert not again[each.key].existing


def test_two_jobs_of_the_same_rows_at_once_make_no_second_records(zendesk, writer):
    rows = [row(n, name=f"O{n}") for n in range(5)]
    lost, _after = writer().submit("create", rows)
    found = work(writer(), "create", rows)
    while writer().seconds_left(lost):
        pass
    assert len(zendesk.store.organizations) == 5
    assert not [each.error for each in found.values() if each.error]


def test_each_refused_row_says_why_and_its_neighbours_are_written(zendesk, writer):
    theirs = organization(zendesk, "Taken", external_id="C1")
    rows = [row(1, name="Good"), row(2, name="taken"), row(3, name="x", tags=[1])]
    found = work(writer(), "create", rows)
    good, taken, bad = (found[each.key] for each in rows)
    assert good.error is None
    assert (taken.remote_id, taken.existing) == (str(theirs.id), True)
    assert isinstance(bad.error, errors.InvalidRecord)


def test_rows_that_changed_since_are_not_answered(zendesk, writer):
    mine = writer()
    rows = [row(1, name="One"), row(2, name="Two")]
    ticket, _after = mine.submit("create", rows)
    while mine.seconds_left(ticket):
        pass
    now = [row(1, name="One"), row(2, name="Two, later"), row(3, name="Three")]
    assert mine.collect("create", ticket, now).keys() == {"db-res.partner-1"}


def test_what_a_failed_job_did_not_come_to_is_tried_again(zendesk, writer):
    zendesk.jobs.fail = 1
    rows = [row(n, name=f"O{n}") for n in range(4)]
    found = work(writer(), "create", rows)
    left = [each for each in found.values() if each.error]
    assert len(left) == 2
    assert all(type(each.error) is errors.TransientError for each in left)
    again = work(writer(), "create", rows)
    assert not [each.error for each in again.values() if each.error]
    assert len(zendesk.store.organizations) == 4


def test_what_a_killed_job_did_not_come_to_is_tried_again(zendesk, writer):
    zendesk.jobs.kill = 1
    found = work(writer(), "create", [row(n, name=f"O{n}") for n in range(3)])
    assert {type(each.error) for each in found.values()} == {errors.TransientError}


def test_a_job_that_is_forgotten_says_nothing(zendesk, writer):
    mine = writer()
    rows = [row(n, name=f"O{n}") for n in range(3)]
    ticket, _after = mine.submit("create", rows)
    zendesk.clock.advance(2 * 3600)
    assert mine.seconds_left(ticket) == 0
    assert mine.collect("create", ticket, rows) == {}


def test_nobody_waits_for_a_job(zendesk, writer):
    zendesk.jobs.still = True
    mine = writer()
    ticket, after = mine.submit("create", [row(n, name=f"O{n}") for n in range(3)])
    assert after == jobs.SHORTEST
    assert mine.seconds_left(ticket) == jobs.SHORTEST
    zendesk.jobs.seconds = 3600
    zendesk.clock.advance(100)
    assert mine.seconds_left(ticket) == 25, "looked at less often as it lasts"
    zendesk.clock.advance(1000)
    assert mine.seconds_left(ticket) == jobs.LONGEST


def test_where_zendesk_takes_no_more_jobs_the_rest_goes_by_the_next(zendesk, writer):
    zendesk.jobs.still = True
    for number in range(28):
        writer().submit("create", [row(number, name=f"x{number}")])
    mine = writer()
    rows = [row(n, name=f"O{n}") for n in range(300)]
    ticket, _after = mine.submit("create", rows)
    assert len(ticket["jobs"]) == 2
    error = failure(writer().submit, "create", rows)
    assert error.code == errors.BUDGET_SPENT, "only this flow waits"
    zendesk.jobs.still = False
    while mine.seconds_left(ticket):
        pass
    assert len(mine.collect("create", ticket, rows)) == 200


def test_left_over_rows_go_by_the_next_job_but_for_a_few(zendesk, writer):
    mine = writer()
    results = mine.create([row(n, name=f"O{n}") for n in range(12)])
    done = [each for each in results if not each.error]
    assert len(done) == 5
    left = [each.error for each in results if each.error]
    assert {each.code for each in left} == {errors.BUDGET_SPENT}
    assert mine.create([row(99, name="Last")])[0].error.code == errors.BUDGET_SPENT


def test_a_refused_request_is_told_by_its_rows(zendesk, writer):
    zendesk.faults.add("status", path="create_many", status=422)
    assert writer().submit("create", [row(1, name="A"), row(2, name="B")]) is None


def test_a_limit_lets_the_queue_wait(zendesk, writer):
    zendesk.faults.add("rate_limit", path="create_many", retry_after=30)
    error = failure(writer().submit, "create", [row(1, name="A"), row(2, name="B")])
    assert isinstance(error, errors.RateLimited)
    assert error.retry_at
