import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine import errors, retry

RETRIED = ["transient", "timeout", "remote_down", "rate_limited"]
policies = st.sampled_from([retry.POLICIES[name] for name in RETRIED])


def subclasses(error_type):
    for each in error_type.__subclasses__():
        yield each
        yield from subclasses(each)


@given(policies, st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_backoff_lies_between_a_tenth_and_the_whole_of_its_ceiling(policy, n, draw):
    ceiling = min(policy.cap, policy.base * 2 ** min(n - 1, 64))

    seconds = retry.backoff(policy, n, lambda: draw)

    assert ceiling * 0.1 <= seconds <= ceiling <= policy.cap


@given(policies, st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_a_later_try_never_waits_less_by_the_same_draw(policy, n, draw):
    waits = [retry.backoff(policy, attempt, lambda: draw) for attempt in (n, n + 1)]

    assert waits == sorted(waits)


def test_a_backoff_doubles_until_its_cap():
    policy = retry.Policy(tries=8, base=5, cap=30)

    waits = [retry.backoff(policy, attempt, lambda: 1.0) for attempt in range(1, 6)]

    assert waits == [5, 10, 20, 30, 30]


def test_two_clients_do_not_come_back_at_once():
    rand = random.Random(1).random
    policy = retry.POLICIES["transient"]

    waits = {retry.backoff(policy, 3, rand) for _number in range(100)}

    assert len(waits) == 100
    assert max(waits) - min(waits) > 0.5 * policy.base * 4


@pytest.mark.parametrize("attempt", [0, -1])
def test_no_try_at_all_counts_as_the_first(attempt):
    policy = retry.Policy(tries=8, base=5, cap=30)

    assert retry.backoff(policy, attempt, lambda: 1.0) == 5


def test_a_policy_allows_as_many_tries_as_it_says():
    policy = retry.Policy(tries=3)

    assert [policy.may_retry(attempt) for attempt in (1, 2, 3, 4)] == [
        True,
        True,
        False,
        False,
    ]
    assert retry.Policy(tries=None).may_retry(10**6)


@pytest.mark.parametrize("error_class", RETRIED)
def test_what_passes_by_itself_is_tried_again(error_class):
    policy = retry.policy_for(error_class)

    assert policy.may_retry(1) and not policy.pauses


def test_a_wrong_credential_pauses_the_connection():
    assert retry.policy_for("authentication").pauses


@pytest.mark.parametrize(
    "error_class", sorted(set(errors.ERROR_CLASSES) - set(RETRIED) - {"authentication"})
)
def test_what_needs_a_person_is_not_tried_again(error_class):
    policy = retry.policy_for(error_class)

    assert not policy.may_retry(1) and not policy.pauses


def test_every_error_has_one_of_the_classes():
    found = {each.error_class for each in subclasses(errors.ConnectorError)}

    assert found | {"bug"} == set(errors.ERROR_CLASSES)
    assert set(retry.POLICIES) <= set(errors.ERROR_CLASSES)


def test_what_nobody_raised_on_purpose_is_a_bug():
    assert errors.error_class_of(KeyError("x")) == "bug"
    assert errors.error_class_of(errors.ConnectorError("x")) == "bug"
    assert errors.error_class_of(errors.PermissionDenied("x")) == "authentication"


def test_an_error_without_a_code_is_named_after_its_class():
    assert errors.RateLimited("wait").code == "rate_limited"
    assert errors.RateLimited("wait", code="daily").code == "daily"
    assert errors.RateLimited("wait").params == {}
