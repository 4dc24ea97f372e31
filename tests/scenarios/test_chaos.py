"""Whatever dies and fails in whatever moment: both sides hold the right records once.

The short form; the long one is ``./dev chaos``.
"""

from chaos.run import chaos

from .own_database import own_database

JOBS = 250
SEED = 20
#: Longest seconds until no more changes are made; beside other tests it takes longer.
SECONDS = 180


def test_killed_workers_and_a_failing_vendor_lose_and_double_nothing(tmp_path):
    path = tmp_path / "workers.log"
    with own_database() as database, path.open("wb") as log:
        numbers, findings = chaos(
            database, JOBS, seed=SEED, log=log, seconds=SECONDS, server_life=15.0
        )
    print(numbers)
    assert not findings.all(), numbers
    assert numbers["kills"] >= 3, "nobody was caught at work: it has shown nothing"
    assert numbers["faults"], "the vendor never failed: it has shown less than it says"
    for kind in ("pull", "push", "webhook"):
        assert numbers[kind] >= JOBS / 20, numbers
    assert numbers["jobs"] >= JOBS, "it was too slow"
