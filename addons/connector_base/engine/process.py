"""What a business process is made of: steps, and what a step may answer."""

import dataclasses

#: What becomes of a process when one of its steps fails and no retry helps.
PARK = "park"
COMPENSATE = "compensate"
SKIP = "skip"


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One step of a kind of process.

    :param name: the kind runs it by its method ``_run_<name>`` and takes it back by
        ``_undo_<name>``, where there is one
    :param label: what people read
    :param on_failure: ``park`` waits for a person; ``compensate`` takes back what the
        steps before it did, last one first; ``skip`` goes on without it
    """

    name: str
    label: str
    on_failure: str = PARK


@dataclasses.dataclass(frozen=True, slots=True)
class Done:
    """The step is done.

    :param result: one sentence of what came of it, without personal data
    :param record: the record that it made or found
    """

    result: str = ""
    record: object = None


@dataclasses.dataclass(frozen=True, slots=True)
class Skipped:
    """There was nothing to do."""

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Wait:
    """The step can't go on yet; that is no failure.

    :param reason: one sentence for a person: what it waits for
    :param approval: whether somebody must approve it first
    :param seconds: after which the step is tried again by itself; ``None`` where
        something else lets it go on
    """

    reason: str
    approval: bool = False
    seconds: int | None = None
