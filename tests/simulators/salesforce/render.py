"""Records as the REST API writes them."""

from .fields import COMPOUND

#: Parts of an address in the API's answer: key, part of the field name.
ADDRESS = {
    "city": "City",
    "country": "Country",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "postalCode": "PostalCode",
    "state": "State",
    "street": "Street",
}


def address_value(name, row):
    """The object of a compound address field, None when all of it is empty."""
    kind = name.removesuffix("Address")
    if all(row.get(f"{kind}{part}") is None for part in COMPOUND):
        return None
    value = {key: row.get(f"{kind}{part}") for key, part in ADDRESS.items()}
    return {**value, "geocodeAccuracy": None}


class Renderer:
    """Shapes rows; callers hold the store's lock."""

    def __init__(self, store, finder):
        self.store = store
        self.finder = finder

    def attributes(self, kind, record_id, version):
        """What tells the type and the address of a record."""
        url = f"/services/data/{version}/sobjects/{kind.name}/{record_id}"
        return {"type": kind.name, "url": url}

    def whole(self, kind, row, version, names=None):
        """A record as GET gives it, with all fields or the named ones."""
        shape = {"attributes": self.attributes(kind, row["Id"], version)}
        for name in names or kind.fields:
            shape[name] = self._value(kind.fields[name], row)
        return shape

    def shaper(self, kind, columns, version):
        """A function that shapes a row for the columns of a query."""
        plain = [(field.name, field) for chain, field in columns if not chain]
        deep = [(chain, field) for chain, field in columns if chain]
        simple = [name for name, field in plain if field.type != "address"]
        mixed = len(simple) != len(plain)
        path = f"/services/data/{version}/sobjects/{kind.name}/"
        name_ = kind.name

        def shape(row):
            record = {"attributes": {"type": name_, "url": path + row["Id"]}}
            if mixed:
                for name, field in plain:
                    record[name] = self._value(field, row)
            else:
                for name in simple:
                    record[name] = row.get(name)
            for chain, field in deep:
                self._put(record, row, chain, field, version)
            return record

        return shape

    def _put(self, record, row, chain, field, version):
        """Nest a parent's value; a parent that is not there is null."""
        for place, reference in enumerate(chain):
            row = self.finder.parent([reference], row) if row else None
            name = reference.relationship
            if row is None:
                record.setdefault(name, None)
                return
            target = self.store.schema.objects[chain[place].reference_to[0]]
            inner = record.get(name)
            if inner is None:
                inner = {"attributes": self.attributes(target, row["Id"], version)}
                record[name] = inner
            record = inner
        record[field.name] = self._value(field, row)

    def _value(self, field, row):
        if field.type == "address":
            return address_value(field.name, row)
        return row.get(field.name)
