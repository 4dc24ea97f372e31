import json
import os
import socket
import sys

import pytest

from devtools import locks, paths, processes
from devtools.errors import DevError

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def daemon(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUN", tmp_path / "run")
    monkeypatch.setattr(paths, "LOG", tmp_path / "log")
    daemon = processes.Daemon("sleeper")
    yield daemon
    daemon.stop()


def test_a_started_server_is_known_and_can_be_stopped(daemon):
    daemon.start(SLEEP, port=1234)

    assert daemon.info()["port"] == 1234
    assert daemon.stop() is True
    assert daemon.info() is None
    assert daemon.stop() is False


def test_a_process_that_only_has_the_same_number_is_left_alone(daemon):
    info = daemon.start(SLEEP)
    record = {**info, "started": "1"}  # as if the number had been given again
    daemon.record.write_text(json.dumps(record))

    assert daemon.info() is None
    assert daemon.stop() is False
    assert processes.start_time(info["pid"]) == info["started"]
    daemon.record.write_text(json.dumps(info))


def test_a_server_that_ends_at_once_is_told_with_the_end_of_its_log(daemon):
    daemon.start([sys.executable, "-c", "import sys; sys.exit('no such port')"])
    daemon._process.wait()

    assert daemon.ended()
    assert "no such port" in daemon.failed("It did not start.").why


def test_the_record_of_a_server_can_be_read_by_its_owner_only(daemon):
    daemon.start(SLEEP, token="secret")

    assert daemon.record.stat().st_mode & 0o077 == 0


def test_a_damaged_record_means_that_nothing_runs(daemon):
    daemon.record.parent.mkdir(parents=True)
    daemon.record.write_text("{")

    assert daemon.info() is None


def test_no_process_has_no_start_time():
    assert processes.start_time(None) is None
    assert processes.start_time(os.getpid()) is not None


def test_a_port_that_is_taken_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert processes.accepts(port)
        assert processes.free_port(port) > port


def test_a_failing_command_is_an_error_with_its_last_words(daemon):
    command = [sys.executable, "-c", "print('so and so'); raise SystemExit(3)"]

    with pytest.raises(DevError) as caught:
        processes.run(command, what="It failed.", todo="Mend it.")

    assert caught.value.lines()[:3] == [
        "Error: It failed.",
        "Why:   so and so",
        "To do: Mend it.",
    ]


def test_a_command_that_is_not_there_is_an_error_too(daemon):
    with pytest.raises(DevError, match="It failed") as caught:
        processes.run(["/nowhere/program"], what="It failed.")

    assert "No such file" in caught.value.why


def test_runs_at_the_same_time_get_places_of_their_own(daemon):
    with locks.first_free("place") as first, locks.first_free("place") as second:
        assert (first, second) == (1, 2)
    with locks.first_free("place") as again:
        assert again == 1


def test_the_last_user_of_a_server_is_told_so(daemon):
    one, two = locks.Users("server"), locks.Users("server")
    one.enter()
    two.enter()

    assert one.leave() is False
    one.close()
    assert two.leave() is True
    two.close()
