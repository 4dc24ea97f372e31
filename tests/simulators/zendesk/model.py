"""The records of an account. Moments are seconds since the epoch, ids are numbers."""

from dataclasses import dataclass


@dataclass(slots=True)
class Organization:
    """A customer; ``fields``: key of a custom field to its value."""

    id: int
    name: str
    created: int
    updated: int
    external_id: str | None = None
    details: str | None = None
    notes: str | None = None
    domains: tuple = ()
    tags: tuple = ()
    group_id: int | None = None
    fields: dict | None = None


@dataclass(slots=True)
class Identity:
    """An address of a user; the primary e-mail is one of them."""

    id: int
    user_id: int
    type: str
    value: str
    created: int
    primary: bool = False
    verified: bool = True


@dataclass(slots=True)
class User:
    """A requester or an agent; ``active`` False: deleted or merged into another."""

    id: int
    name: str
    created: int
    updated: int
    email: str | None = None
    role: str = "end-user"
    phone: str | None = None
    organization_id: int | None = None
    external_id: str | None = None
    alias: str | None = None
    details: str | None = None
    notes: str | None = None
    locale: str = "en-US"
    time_zone: str = "UTC"
    tags: tuple = ()
    suspended: bool = False
    verified: bool = True
    active: bool = True
    fields: dict | None = None


@dataclass(slots=True)
class Comment:
    """What somebody wrote on a ticket."""

    id: int
    author_id: int
    body: str
    public: bool
    created: int


@dataclass(slots=True)
class Ticket:
    """A request. ``updated`` is what people see, ``generated`` also moves when the
    system touches it; ``told``: comments of its past that have no text of their own;
    ``is_internal``: what opened it was no public comment.
    """

    id: int
    subject: str
    description: str
    requester_id: int
    created: int
    updated: int
    generated: int
    status: str = "new"
    custom_status_id: int | None = None
    priority: str | None = None
    type: str | None = None
    channel: str = "web"
    submitter_id: int | None = None
    assignee_id: int | None = None
    organization_id: int | None = None
    group_id: int | None = None
    brand_id: int | None = None
    form_id: int | None = None
    problem_id: int | None = None
    external_id: str | None = None
    recipient: str | None = None
    due: int | None = None
    tags: tuple = ()
    fields: dict | None = None
    score: str = "unoffered"
    score_comment: str | None = None
    replied: int | None = None
    solved: int | None = None
    status_updated: int | None = None
    reopens: int = 0
    told: int = 0
    is_internal: bool = False
    comments: list | None = None
    deleted: int | None = None
    scrubbed: bool = False
    sla: tuple | None = None

    @property
    def is_public(self):
        """Whether the requester sees any of it."""
        return not self.is_internal or any(each.public for each in self.comments or ())


@dataclass(slots=True)
class MetricEvent:
    """A moment of a ticket's service level; ``detail`` goes into its JSON."""

    id: int
    time: int
    ticket_id: int
    metric: str
    type: str
    detail: dict
