"""What happens after a failure: tries, backoff, and who is told."""

import dataclasses
import random


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """What a job does after an error of one class.

    :param tries: how often it is tried in all; ``None`` is without end
    :param base: seconds of the first backoff, doubled with each try
    :param cap: longest backoff in seconds
    :param pauses: whether the connection waits for an administrator
    """

    tries: int | None
    base: float = 0.0
    cap: float = 0.0
    pauses: bool = False

    def may_retry(self, attempt):
        """Whether another try may follow after ``attempt`` tries."""
        return self.tries is None or attempt < self.tries


#: Error class -> policy. Classes that are not named here are not retried: they need a
#: person (validation, mapping, missing dependency, ...) or a programmer (bug).
POLICIES = {
    "transient": Policy(tries=8, base=5, cap=1800),
    "timeout": Policy(tries=8, base=10, cap=1800),
    "remote_down": Policy(tries=10, base=15, cap=3600),
    # The vendor said when to come back; coming back is not a failed try.
    "rate_limited": Policy(tries=None, base=10, cap=900),
    # The job waits, unchanged, until the connection is connected again.
    "authentication": Policy(tries=None, pauses=True),
}
NO_RETRY = Policy(tries=0)


def policy_for(error_class):
    return POLICIES.get(error_class, NO_RETRY)


def backoff(policy, attempt, rand=random.random):
    """Seconds to wait before the next try: exponential with full jitter.

    Full jitter (a uniform draw below the exponential ceiling) spreads the clients of an
    ailing vendor best, see "Exponential Backoff And Jitter", AWS Architecture Blog,
    2015. At least a tenth of the ceiling is kept, so that no try follows at once.

    :param attempt: number of tries so far, from 1
    :param rand: draws from [0, 1)
    """
    ceiling = min(policy.cap, policy.base * 2 ** min(max(attempt - 1, 0), 32))
    return ceiling * (0.1 + 0.9 * rand())
