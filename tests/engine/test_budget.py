import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.connector_base.engine.budget import (
    KEEP_SECONDS,
    LARGEST_CHUNK,
    Allowance,
    Bucket,
    Budgets,
    Grant,
    Quota,
    draw,
)


@st.composite
def buckets(drawn):
    requests = drawn(st.integers(1, 500))
    return Bucket(
        requests=requests,
        seconds=drawn(st.sampled_from([0.5, 1, 10, 60])),
        burst=drawn(st.integers(1, requests)),
        reserve=drawn(st.floats(0, 1)),
    )


draws = st.lists(
    st.tuples(st.floats(0, 5), st.integers(0, 40), st.booleans()), max_size=60
)


def run(bucket, asked):
    """Draw as asked from a full bucket: ``[(time, granted, left, urgent)]``."""
    now, tokens, told = 0.0, float(bucket.burst), []
    for gap, wanted, urgent in asked:
        now += gap
        grant = draw(bucket, tokens, gap, wanted, urgent)
        tokens = grant.tokens
        told.append((now, grant.granted, grant.tokens, urgent))
    return told


@given(buckets(), draws)
def test_never_more_than_burst_and_refill_in_any_interval(bucket, asked):
    told = run(bucket, asked)
    for start in range(len(told)):
        granted = 0
        for now, count, _left, _urgent in told[start:]:
            granted += count
            span = now - told[start][0]
            assert granted <= bucket.burst + bucket.rate * span + 1e-6


@given(buckets(), draws)
def test_the_limit_of_the_vendor_holds_in_any_of_its_intervals(bucket, asked):
    told = run(bucket, asked)
    for start in range(len(told)):
        within = [
            count
            for now, count, _left, _urgent in told[start:]
            if now - told[start][0] < bucket.seconds - 1e-6
        ]
        assert sum(within) <= bucket.requests


@given(buckets(), draws)
def test_others_leave_the_reserve_to_the_urgent_lanes(bucket, asked):
    for _now, granted, left, urgent in run(bucket, asked):
        if granted and not urgent:
            assert left >= bucket.floor(urgent=False) - 1e-6


@given(buckets(), draws)
def test_a_bucket_never_holds_less_than_nothing_nor_more_than_its_burst(bucket, asked):
    for _now, granted, left, _urgent in run(bucket, asked):
        assert granted >= 0
        assert 0 <= left <= bucket.burst


@given(buckets(), st.floats(0, 500), st.booleans())
def test_who_waits_as_long_as_told_gets_a_token(bucket, tokens, urgent):
    tokens = min(tokens, bucket.burst)
    grant = draw(bucket, tokens, 0, 1, urgent)
    if not grant.granted:
        assert grant.wait > 0
        assert draw(bucket, grant.tokens, grant.wait, 1, urgent).granted == 1


@given(buckets())
def test_every_lane_gets_a_token_of_a_full_bucket(bucket):
    assert draw(bucket, bucket.burst, 0, 1, urgent=False).granted == 1


def test_the_reserve_is_there_when_bulk_work_has_taken_all_it_may():
    bucket = Bucket(100, 10, 20, reserve=0.2)
    left = draw(bucket, 20, 0, 100, urgent=False)
    assert (left.granted, left.tokens) == (16, 4)
    assert draw(bucket, left.tokens, 0, 100, urgent=False).granted == 0
    assert draw(bucket, left.tokens, 0, 100, urgent=True).granted == 4


def test_a_clock_that_goes_back_adds_nothing():
    assert Bucket(100, 10, 20).refilled(5, -1000) == 5


# -- tokens in hand --------------------------------------------------------------


class Row:
    """The bucket that all share, in memory, with a clock of its own."""

    def __init__(self, bucket, urgent=True):
        self.bucket = bucket
        self.urgent = urgent
        self.tokens = float(bucket.burst)
        self.now = self.looked_at = 0.0
        self.draws = 0
        self.quotas = []
        self.lock = threading.Lock()

    def draw(self, quota):
        with self.lock:
            self.draws += 1
            self.quotas += [quota] if quota else []
            elapsed, self.looked_at = self.now - self.looked_at, self.now
            grant = draw(
                self.bucket, self.tokens, elapsed, self.bucket.chunk, self.urgent
            )
            self.tokens = grant.tokens
            return grant

    def allowance(self):
        return Allowance(self.draw, clock=lambda: self.now)


def test_tokens_are_drawn_in_chunks():
    row = Row(Bucket(1000, 10, 100))
    allowance = row.allowance()
    assert [allowance.take() for _number in range(20)] == [0.0] * 20
    assert row.draws == 20 / LARGEST_CHUNK


def test_an_empty_bucket_says_how_long_to_wait():
    row = Row(Bucket(4, 1, 1))
    allowance = row.allowance()
    assert allowance.take() == 0.0
    assert allowance.take() == pytest.approx(0.25)
    row.now = 0.25
    assert allowance.take() == 0.0


def test_tokens_that_were_kept_too_long_are_worth_nothing():
    row = Row(Bucket(1000, 10, 100))
    allowance = row.allowance()
    allowance.take()
    row.now += KEEP_SECONDS
    allowance.take()
    assert row.draws == 2


def test_several_threads_and_workers_share_one_bucket():
    row = Row(Bucket(200, 10, 200))
    taken = []

    def work(allowance):
        while not allowance.take():
            taken.append(1)

    workers = [row.allowance() for _worker in range(3)]
    threads = [
        threading.Thread(target=work, args=(allowance,))
        for allowance in workers
        for _thread in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 200


def test_where_there_is_no_limit_nobody_asks_again():
    asked = []
    allowance = Allowance(asked.append)
    assert [allowance.take() for _number in range(50)] == [0.0] * 50
    assert len(asked) == 1


def test_what_the_vendor_counts_travels_with_the_next_draw():
    row = Row(Bucket(10, 1, 1))
    allowance = row.allowance()
    quota = Quota("requests", 100, 7)
    allowance.take()
    allowance.learn(quota)
    row.now += 1
    allowance.take()
    assert row.quotas == [quota]


def test_a_request_takes_from_all_its_budgets_or_from_none():
    all_of_them = Row(Bucket(100, 10, 10))
    searches = Row(Bucket(4, 1, 1))
    budgets = Budgets(
        {"requests": all_of_them.allowance(), "searches": searches.allowance()},
        lambda method, path: (
            ("requests", path) if path == "searches" else ("requests",)
        ),
    )
    assert budgets.take("POST", "searches") == 0.0
    for _number in range(30):
        assert budgets.take("POST", "searches") > 0
    assert [budgets.take("GET", "x") for _number in range(9)] == [0.0] * 9
    assert budgets.take("GET", "x") > 0


def test_budgets_that_nobody_set_limit_nothing():
    budgets = Budgets({}, lambda method, path: ("requests",))
    assert budgets.take("GET", "x") == 0.0
    budgets.learn([Quota("requests", 1, 1)])


def test_a_grant_has_no_wait():
    assert Grant(1, 2.0).wait == 0
