"""Declaration of an entity's fields."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class EntityField:
    """A field of the canonical model, whatever the vendor.

    :param name: canonical name that field maps point to
    :param kind: type, one of ``values.READERS``
    :param label: what people read, already translated
    :param odoo_field: stored field of the Odoo model that holds it; ``None`` where the
        entity's own code uses the value
    :param required: a record without it is held
    :param pii: personal data: masked in logs
    :param reference: entity that a ``reference`` points to, or several ``references``
    :param value_map: name of the value map of a ``value``
    :param relation: Odoo model that a value map's lines point to, or that a ``key`` is
        looked up in
    :param key: field of ``relation`` that a ``key``, or several ``keys``, are values of
    :param on_unmapped: ``hold`` the record until the value is mapped, or import it with
        the field ``empty`` and say so
    :param made_of: other entity fields that it can be made of where nothing is mapped
    :param lenient: a value that can't be read is kept out and reported; the record is
        taken all the same
    :param readonly: Odoo computes it: it goes out, never in
    """

    name: str
    kind: str
    label: str
    odoo_field: str | None = None
    required: bool = False
    pii: bool = False
    reference: str | None = None
    value_map: str | None = None
    relation: str | None = None
    on_unmapped: str = "hold"
    lenient: bool = False
    made_of: tuple[str, ...] = ()
    readonly: bool = False
    key: str | None = None
