import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import circuit, errors
from odoo.addons.connector_base.engine.circuit import Circuit, Rules

START = datetime.datetime(2026, 3, 1)

rules = st.builds(
    Rules,
    failures=st.integers(1, 6),
    window=st.integers(1, 600),
    first_probe=st.integers(1, 60),
    longest_probe=st.integers(60, 3600),
)
gaps = st.lists(st.integers(0, 400), min_size=1, max_size=30)


def at(seconds):
    return START + datetime.timedelta(seconds=seconds)


def moments(seconds):
    """Moments that lie so many seconds apart."""
    now = 0
    for gap in seconds:
        now += gap
        yield at(now)


def opened(rule):
    state = Circuit()
    for _failure in range(rule.failures):
        state = circuit.fail(state, rule, START)
    return state


@given(rules, gaps)
def test_it_opens_exactly_when_so_many_failures_lie_within_the_window(rule, seconds):
    state, failed = Circuit(), []
    for now in moments(seconds):
        state = circuit.fail(state, rule, now)
        failed.append(now)
        last = failed[-rule.failures :]
        within = (last[-1] - last[0]).total_seconds() < rule.window
        too_many = len(last) == rule.failures and within
        assert (state.state == circuit.OPEN) == too_many
        if too_many:
            break


@given(rules, gaps)
def test_it_keeps_no_more_failures_than_it_needs(rule, seconds):
    state = Circuit()
    for now in moments(seconds):
        state = circuit.fail(state, rule, now)
        assert len(state.failed_at) <= rule.failures


@given(rules, gaps)
def test_failures_of_what_was_under_way_do_not_put_the_look_off(rule, seconds):
    state = opened(rule)
    for now in moments(seconds):
        assert circuit.fail(state, rule, now) is state


@given(rules, st.integers(1, 60))
def test_looks_come_at_doubled_intervals_up_to_the_longest(rule, count):
    state, waits = opened(rule), []
    now = START
    for _look in range(count):
        waits.append((state.probe_at - now).total_seconds())
        now = state.probe_at
        state = circuit.probe_failed(circuit.probe(state, rule, now))
    expected = [
        min(rule.first_probe * 2**number, rule.longest_probe) for number in range(count)
    ]
    assert waits == expected


@given(rules, gaps)
def test_never_more_looks_than_the_schedule_whoever_asks_and_dies(rule, seconds):
    """Workers ask at any time, and some die before they tell what they saw."""
    state, looks = opened(rule), []
    for number, now in enumerate(moments(seconds)):
        after = circuit.probe(state, rule, now)
        if after is None:
            continue
        looks.append(now)
        state = circuit.probe_failed(after) if number % 2 else after
    for number, (one, two) in enumerate(zip(looks, looks[1:], strict=False)):
        wanted = min(rule.first_probe * 2 ** (number + 1), rule.longest_probe)
        assert (two - one).total_seconds() >= wanted


def test_three_days_of_outage_cost_less_than_three_hundred_looks():
    rule, state, looks = Rules(), opened(Rules()), 0
    while state.probe_at < at(72 * 3600):
        state = circuit.probe_failed(circuit.probe(state, rule, state.probe_at))
        looks += 1
    assert 280 < looks < 300


def test_nothing_is_looked_for_while_it_is_closed():
    assert circuit.probe(Circuit(), Rules(), START) is None
    assert circuit.probe_failed(Circuit()) == Circuit()


@pytest.mark.parametrize("error_class", errors.ERROR_CLASSES)
def test_only_trouble_of_the_vendor_itself_counts(error_class):
    trouble = error_class in ("transient", "timeout", "remote_down")
    assert (error_class in circuit.COUNTED) is trouble
