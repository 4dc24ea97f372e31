"""The shapes that providers, entities and the engine hand to each other."""

import dataclasses
import datetime

#: What an account is for. One that is made to try things in is a sandbox, whatever its
#: vendor calls it.
PRODUCTION, SANDBOX = "production", "sandbox"


@dataclasses.dataclass(slots=True)
class RemoteRecord:
    """One record as a vendor sent it.

    :param remote_id: the vendor's durable id
    :param values: the payload, JSON-like; field maps point into it by path
    :param updated_at: when the vendor last changed it, aware UTC
    :param archived: deleted or archived at the vendor
    :param external_key: our own key of the record, where we made it there and the
        vendor keeps such keys; see :class:`OutgoingRow`
    :param merged_ids: ids of records that were merged into this one at the vendor, the
        one whose values won first
    """

    remote_id: str
    values: dict
    updated_at: datetime.datetime | None = None
    archived: bool = False
    external_key: str | None = None
    merged_ids: tuple[str, ...] = ()


@dataclasses.dataclass(slots=True)
class Page:
    """What one request brought.

    :param next_cursor: where to go on, JSON-like; stored with the records in one commit
    :param done: nothing more to fetch now; the next run starts from ``next_cursor``
    :param request_id: the vendor's id of the exchange
    :param wait: seconds until it is worth asking for what follows, as the vendor is
        still at it: the cursor is saved, and no worker sleeps meanwhile
    :param gap: what was deleted at the vendor meanwhile can't be told any more: all
        records that are bound have to be looked at
    """

    records: list[RemoteRecord]
    next_cursor: dict
    done: bool
    request_id: str | None = None
    wait: float = 0.0
    gap: bool = False


@dataclasses.dataclass(slots=True)
class OutgoingRow:
    """One record on its way to a vendor.

    :param key: our own key of the record, the same at every try: the vendor's external
        id or idempotency key
    :param values: ``{remote path: JSON value}``, only what has to change
    :param remote_id: the vendor's id; ``None`` where it is to be created
    :param before: ``{remote path: JSON value}`` of the references among ``values``, as
        both sides agreed on them last: what is no longer among them is to be unlinked
    """

    key: str
    values: dict
    remote_id: str | None = None
    before: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Family:
    """A new record and its new children, which a vendor takes all or none of.

    :param row: :class:`OutgoingRow` of the parent
    :param children: list of ``(stream, OutgoingRow)``; what they say in place of the
        parent's id is the writer's ``placeholder(key of the parent)``
    """

    row: OutgoingRow
    children: list


@dataclasses.dataclass(slots=True)
class RowResult:
    """What a vendor answered to one :class:`OutgoingRow`; results come in row order.

    :param remote_id: the vendor's id, also of a record that it had already
    :param updated_at: the vendor's time of the change, aware UTC, where it tells it
    :param error: ``errors.ConnectorError`` where the row was refused
    :param request_id: the vendor's id of the exchange
    :param existing: to be created, and the vendor had it already under another key:
        ``remote_id`` names it, and nothing was written
    """

    key: str
    remote_id: str | None = None
    updated_at: datetime.datetime | None = None
    error: Exception | None = None
    request_id: str | None = None
    existing: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class WebhookRequest:
    """A delivery as it came, before anything of it is believed.

    :param url: full address that the vendor called, query included
    :param headers: mapping that ignores case
    :param body: raw bytes
    :param received_at: aware UTC
    """

    method: str
    url: str
    headers: object
    body: bytes
    received_at: datetime.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class InboundEvent:
    """One event of a webhook delivery.

    :param key: the vendor's id of the event, unique per connection
    :param stream: name of the stream that it concerns; ``None`` where it is none of
        ours: it is stored and left alone
    :param remote_id: the record that changed
    :param kind: the vendor's name of what happened
    :param occurred_at: when, aware UTC
    :param payload: the event as it came, JSON-like
    """

    key: str
    stream: str | None
    remote_id: str | None
    kind: str
    occurred_at: datetime.datetime | None = None
    payload: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Stream:
    """One kind of record that a vendor offers, and the entity that it feeds.

    :param name: the vendor's name of it, as ``companies``
    :param entity: name of the entity, as ``customer.company``
    :param label: what people call it
    :param default_map: the lines of the first field map, see :class:`MapLine`
    :param sequence: order of the first load; parents come before children
    :param lane: queue lane of its jobs
    :param packs: tuple of :class:`MapPack`: lines that people may add to its map
    """

    name: str
    entity: str
    label: str
    default_map: tuple = ()
    sequence: int = 10
    lane: str = "default"
    packs: tuple = ()


@dataclasses.dataclass(frozen=True, slots=True)
class MapLine:
    """One line of a field map that ships with a provider.

    :param transforms: the chain, as ``(("trim",), ("default", "n/a"))``: the technical
        name of each transform, with its argument if it has one
    :param direction: ``pull`` for what the vendor fills itself, ``push``, or ``both``
    :param pii: personal data; ``None`` for what the target says
    :param optional: not every account has the field: where the vendor never had it, the
        line is as if it weren't there
    """

    remote_path: str
    target: str
    transforms: tuple[tuple[str, ...], ...] = ()
    owner: str = "remote"
    required: bool = False
    default: str | None = None
    direction: str = "both"
    pii: bool | None = None
    optional: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class MapPack:
    """Lines that belong together and that not everybody wants in a field map.

    :param label: what people call them
    :param lines: tuple of :class:`MapLine`
    """

    label: str
    lines: tuple = ()


@dataclasses.dataclass(frozen=True, slots=True)
class CredentialSpec:
    """A secret that a provider needs.

    :param key: name under which the provider asks for it
    :param label: what the administrator reads
    :param help: where the vendor shows it
    """

    key: str
    label: str
    help: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class BudgetSpec:
    """A limit of requests that a vendor sets.

    :param name: under which the provider's client counts
    :param label: what people read
    :param requests: most requests in any ``seconds``
    :param everything: each request counts in it, so that no job starts while it is
        used up
    :param told: the vendor's answers tell the limit of this account and what is left
        of it (``Quota``): these numbers take the place of ``requests``
    """

    name: str
    label: str
    requests: int
    seconds: float
    everything: bool = True
    told: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ReferenceValue:
    """A value of a vendor's list (stage, owner, tax) that must be matched in Odoo.

    :param kind: which list, as ``deal_stage``
    :param value: the vendor's id of it
    :param label: what people at the vendor read
    :param hints: what else is known, as ``{"email": …}`` or ``{"is_won": True}``;
        ``{"option": …}`` names the value of the selection that it means in Odoo
    """

    kind: str
    value: str
    label: str
    hints: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class RemoteObject:
    """A kind of record that a vendor's account has, whether a provider ships it or not.

    :param name: by which its records are read, unchanging: the name of a stream
    :param label: what people at the vendor read, in the plural
    :param custom: the account added it itself
    """

    name: str
    label: str
    custom: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class RemoteField:
    """A field of a vendor's records, as the vendor describes it.

    :param path: remote path, as a field map's line names it: ``properties.city``
    :param label: what people at the vendor read
    :param kind: what it holds, one of ``compat.REMOTE_KINDS``
    :param vendor_type: the vendor's own name of its type
    :param required: the vendor refuses records without it
    :param writable: it can be set from outside
    :param unique: no two records hold the same value
    :param options: ``((value, label), …)`` of a list; empty where it isn't told
    :param references: the stream, or vendor's object, that it refers to
    :param custom: the account added it itself
    """

    path: str
    label: str
    kind: str = "any"
    vendor_type: str = ""
    required: bool = False
    writable: bool = True
    unique: bool = False
    options: tuple = ()
    references: str | None = None
    custom: bool = False
    description: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class AccountInfo:
    """Who answers at the other end, as the vendor says itself.

    :param environment: :data:`PRODUCTION` or :data:`SANDBOX`; ``None`` where the vendor
        doesn't tell
    """

    account_id: str
    name: str | None = None
    currency: str | None = None
    timezone: str | None = None
    web_url: str | None = None
    environment: str | None = None


@dataclasses.dataclass(slots=True)
class Problem:
    """Why a record, or one value of it, could not be taken as it came.

    :param error_class: one of ``errors.ERROR_CLASSES``
    :param code: which sentence explains it, see ``connector.exception._sentence``
    :param field: name of the entity field
    :param cause: what all cases of this cause share, as the unmapped value
    :param params: values for the sentence, shared by all cases of the cause
    :param details: further values for the sentence of this one case
    :param blocking: the record is held; otherwise it is taken without that value
    :param depends_on: ``(entity, remote id)`` that must arrive first
    :param shared: the cause is the same for all flows of the connection
    """

    error_class: str
    code: str
    field: str | None = None
    cause: str | None = None
    params: dict = dataclasses.field(default_factory=dict)
    details: dict = dataclasses.field(default_factory=dict)
    blocking: bool = True
    depends_on: tuple[str, str] | None = None
    shared: bool = False
