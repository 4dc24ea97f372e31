"""What holds for the messages of every vendor: the thread that delivers them."""

import pytest
from simulators.delivery import Delivery, Outcome, post

NOWHERE = "http://127.0.0.1:1/nobody"


class Letters(Delivery):
    """A vendor of nothing but texts, whose target is not there."""

    tries = 4

    def write(self, text):
        with self._changed:
            self._enqueue(None, text)

    def _send(self, _topic, _texts, _attempt):
        status, _headers, _body = post(self.target, b"", {})
        return Outcome(status == 200)


@pytest.fixture
def letters():
    running = Letters(target=NOWHERE, gather=0, backoff=0.02)
    running.start()
    yield running
    running.stop()


def test_a_target_that_is_taken_away_ends_in_giving_up(letters):
    letters.write("Dear all")
    letters.configure(target=None)
    assert letters.wait(5), letters.describe()
    assert letters.counts["given_up"] == 1
    assert letters.counts["retries"] == letters.tries - 1
