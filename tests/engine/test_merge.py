import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.merge import OWNERS, Outcome, merge
from odoo.addons.connector_base.engine.paths import MISSING

# Few values, so that examples often have equal ones among them.
odoo_values = st.sampled_from([False, "", "a", "b", "c", 0, 1, None, ("x",)])
values_or_missing = odoo_values | st.just(MISSING)
owners = st.sampled_from(OWNERS)
newer_sides = st.sampled_from(["ours", "theirs"])


def applied(base, ours, theirs, outcome):
    """``(base, ours)`` after what the merge decided was done."""
    return (theirs, theirs) if outcome is Outcome.TAKE else (base, ours)


@given(values_or_missing, odoo_values, values_or_missing, owners, newer_sides)
def test_merging_the_result_again_changes_nothing(base, ours, theirs, owner, newer):
    outcome = merge(base, ours, theirs, owner, newer)
    new_base, new_ours = applied(base, ours, theirs, outcome)

    again = merge(new_base, new_ours, theirs, owner, newer)

    assert again is not Outcome.TAKE
    assert (again is Outcome.CONFLICT) == (outcome is Outcome.CONFLICT)


@given(values_or_missing, odoo_values, owners, newer_sides)
def test_equal_sides_are_left_alone(base, both, owner, newer):
    assert merge(base, both, both, owner, newer) is Outcome.KEEP


@given(values_or_missing, odoo_values, owners, newer_sides)
def test_a_field_that_the_payload_lacks_is_never_written(base, ours, owner, newer):
    assert merge(base, ours, MISSING, owner, newer) is Outcome.KEEP


@given(values_or_missing, odoo_values, values_or_missing, newer_sides)
def test_what_odoo_owns_is_never_taken(base, ours, theirs, newer):
    assert merge(base, ours, theirs, "odoo", newer) is Outcome.KEEP


@given(values_or_missing, odoo_values, odoo_values, newer_sides)
def test_what_the_remote_side_owns_always_ends_equal(base, ours, theirs, newer):
    outcome = merge(base, ours, theirs, "remote", newer)

    assert applied(base, ours, theirs, outcome)[1] == theirs


@given(odoo_values, odoo_values, st.sampled_from(["newest", "ask"]), newer_sides)
def test_a_local_edit_stays_where_theirs_did_not_change(base, ours, owner, newer):
    assert merge(base, ours, base, owner, newer) is Outcome.KEEP


@given(odoo_values, odoo_values, st.sampled_from(["newest", "ask"]), newer_sides)
def test_a_remote_edit_is_taken_where_ours_did_not_change(base, theirs, owner, newer):
    assume(theirs != base)

    assert merge(base, base, theirs, owner, newer) is Outcome.TAKE


@given(odoo_values, odoo_values, odoo_values, newer_sides)
def test_ask_never_overwrites_what_both_changed(base, ours, theirs, newer):
    assume(ours != base and theirs != base and ours != theirs)

    assert merge(base, ours, theirs, "ask", newer) is Outcome.CONFLICT


@given(odoo_values, odoo_values, odoo_values)
def test_the_later_edit_wins_under_newest(base, ours, theirs):
    assume(ours != base and theirs != base and ours != theirs)

    assert merge(base, ours, theirs, "newest", "theirs") is Outcome.TAKE
    assert merge(base, ours, theirs, "newest", "ours") is Outcome.KEEP


@given(values_or_missing, odoo_values, values_or_missing, owners, newer_sides)
def test_only_ask_makes_conflicts(base, ours, theirs, owner, newer):
    if merge(base, ours, theirs, owner, newer) is Outcome.CONFLICT:
        assert owner == "ask"


@pytest.mark.parametrize("owner", ["newest", "ask"])
@pytest.mark.parametrize("newer", ["ours", "theirs"])
@pytest.mark.parametrize("empty", [None, False, ""])
def test_a_value_wins_over_an_empty_one_at_the_first_meeting(owner, newer, empty):
    assert merge(MISSING, empty, "a", owner, newer) is Outcome.TAKE
    assert merge(MISSING, "a", empty, owner, newer) is Outcome.KEEP


@pytest.mark.parametrize("value", [0, 1, ("x",), 0.0])
def test_zero_is_a_value_and_not_empty(value):
    assert merge(MISSING, value, "a", "ask") is Outcome.CONFLICT


@given(st.text().filter(lambda text: text not in OWNERS))
@example("Remote")
def test_an_owner_that_nobody_knows_is_refused(owner):
    with pytest.raises(ValueError, match="no owner"):
        merge(MISSING, "a", "b", owner)
