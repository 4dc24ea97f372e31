import pytest

from odoo.addons.connector_base.engine.rate_limit import RateLimit, caller


@pytest.fixture
def now():
    return [0.0]


def limit_of(now, **options):
    return RateLimit(**{"rate": 1, "burst": 2, **options}, clock=lambda: now[0])


def test_so_many_at_once_and_then_so_many_a_second(now):
    limit = limit_of(now)

    assert [limit.take("a") for _try in range(3)] == [True, True, False]
    now[0] = 1.0
    assert [limit.take("a") for _try in range(2)] == [True, False]
    now[0] = 100.0
    assert [limit.take("a") for _try in range(3)] == [True, True, False]


def test_nobody_waits_for_another(now):
    limit = limit_of(now, burst=1)

    assert limit.take("a")
    assert limit.take("b")
    assert not limit.take("a")


def test_to_look_counts_nothing(now):
    limit = limit_of(now, burst=1)

    assert not limit.is_spent("a")
    assert not limit.is_spent("a")
    assert limit.take("a")
    assert limit.is_spent("a")


def test_memory_does_not_grow_with_those_who_come(now):
    limit = limit_of(now, burst=1, remembered=10)
    for number in range(1000):
        limit.take(number)

    assert len(limit._buckets) == 10
    assert limit.is_spent(999)
    assert not limit.is_spent(0)


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        (None, ""),
        ("unix:", ""),
    ],
)
def test_a_customer_of_a_provider_is_one_caller(address, key):
    assert caller(address) == key
