"""What a job's method may answer to the queue."""

import dataclasses


class LeaseLost(Exception):
    """Another worker took the job over: whatever was done since must be rolled back."""


@dataclasses.dataclass(frozen=True, slots=True)
class Again:
    """The job has more to do and wants to go on later; that is no failed try.

    :param after: seconds to wait first
    :param result: what was done so far, shown with the job
    """

    after: float = 0.0
    result: dict | None = None
