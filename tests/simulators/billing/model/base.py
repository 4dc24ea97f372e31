"""What all objects of an account have."""

from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(kw_only=True)
class Object:
    """:param created, updated: moments
    :param version: of the last change, unique and rising over all objects
    :param metadata: the customer's own keys, text to text
    :param extra: room for a vendor's simulator; the engine never reads it
    """

    TYPE: ClassVar[str] = ""
    #: fields by which :meth:`.store.Store.by` finds objects
    INDEXED: ClassVar[tuple] = ()

    id: str
    created: int = 0
    updated: int = 0
    version: int = 0
    deleted: bool = False
    metadata: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
