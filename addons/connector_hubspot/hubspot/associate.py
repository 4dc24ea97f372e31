"""Links records of HubSpot with each other, in batches, with labels where asked for.

Sources: OpenAPI CRM associations (batch create, associate/default, archive,
labels/archive); a link with a label has the unlabelled type as well, and keeps it when
the label is taken away.
"""

from odoo.addons.connector_base.engine import errors

from .endpoints import ASSOCIATIONS, PRIMARY_TYPES, path
from .errors import row_error
from .links import choice, labels


class Associating:
    """The half of a writer that links.

    :param client: ``HttpClient`` that knows the version of the API
    :param object_type: whose links they are
    """

    def __init__(self, client, object_type):
        self.client = client
        self.version = client.api_version
        self.object_type = object_type
        #: ``{linked object: [types that there are]}``, asked for once
        self._types = {}

    def _associate(self, rows, results):
        """Link and unlink what the rows refer to, a request for each kind of link."""
        links, breaks = {}, {}
        for position, (row, result) in enumerate(zip(rows, results, strict=True)):
            if result.error or result.existing:
                continue
            for name, value in row.values.items():
                kind = _kind_of_link(name)
                if not kind:
                    continue
                now, before = _ids(value), _ids(row.before.get(name))
                for to_id in now:
                    if to_id not in before:
                        links.setdefault(kind, []).append((position, to_id))
                for to_id in before:
                    if to_id not in now:
                        breaks.setdefault(kind, []).append((position, to_id))
        # Unlinked first: what is left of the links may become the primary one.
        for kind, pairs in breaks.items():
            self._break(kind, pairs, results)
        # Labels last: they are kept on what is linked by then.
        for kind, pairs in sorted(links.items(), key=lambda each: len(each[0])):
            self._make(kind, pairs, results)
        return results

    def _make(self, kind, pairs, results):
        to_type, *label = kind
        if not label:
            # By the primary type where there is one, else by the default type.
            number = PRIMARY_TYPES.get((self.object_type, to_type))
            self._link(to_type, _spec("HUBSPOT_DEFINED", number), pairs, results)
        elif spec := self._labelled(kind, pairs, results):
            self._link(to_type, spec, pairs, results)

    def _break(self, kind, pairs, results):
        to_type, *label = kind
        if not label:
            inputs = [
                {"from": {"id": results[position].remote_id}, "to": [{"id": to_id}]}
                for position, to_id in pairs
            ]
            self.client.post(
                self._pair_path(to_type, "archive"), {"inputs": inputs}, safe=True
            )
        elif spec := self._labelled(kind, pairs, results):
            inputs = self._inputs(spec, pairs, results)
            where = self._pair_path(to_type, "labels", "archive")
            self.client.post(where, {"inputs": inputs}, safe=True)

    def _labelled(self, kind, pairs, results):
        """The type that a label stands for; where there is none, rows are refused."""
        to_type, label = kind
        if to_type not in self._types:
            self._types[to_type] = labels(self.client, self.object_type, to_type)
        for each in self._types[to_type]:
            if each.get("label") == label:
                return _spec(each["category"], each["typeId"])
        for position, _to_id in pairs:
            results[position].error = errors.InvalidRecord(
                f"There is no label {label!r} between {self.object_type} and"
                f" {to_type}.",
                code="refused",
                params={"property": f"{to_type}: {label}", "reason": "UNKNOWN_LABEL"},
            )
        return None

    def _inputs(self, spec, pairs, results):
        return [
            {
                "from": {"id": results[position].remote_id},
                "to": {"id": to_id},
                **({"types": [spec]} if spec else {}),
            }
            for position, to_id in pairs
        ]

    def _link(self, to_type, spec, pairs, results):
        """Link by a type; ``None`` for the default one."""
        rest = ("create",) if spec else ("associate", "default")
        try:
            where = self._pair_path(to_type, *rest)
            inputs = self._inputs(spec, pairs, results)
            reply = self.client.post(where, {"inputs": inputs}, safe=True)
        except errors.InvalidRecord as error:
            if len(pairs) == 1:
                results[pairs[0][0]].error = error
                return
            middle = len(pairs) // 2
            self._link(to_type, spec, pairs[:middle], results)
            self._link(to_type, spec, pairs[middle:], results)
            return
        for item in reply.data.get("errors") or []:
            self._note_unlinked(item, pairs, results)

    def _note_unlinked(self, item, pairs, results):
        """The record was written, a link of it was not: the row is refused."""
        context = item.get("context") or {}
        from_ids = set(map(str, _list(context.get("fromObjectId"))))
        to_ids = set(map(str, _list(context.get("toObjectId"))))
        for position, to_id in pairs:
            result = results[position]
            mine = result.remote_id in from_ids and (not to_ids or to_id in to_ids)
            if mine or not from_ids:
                result.error = errors.InvalidRecord(
                    row_error(item).message,
                    code="refused",
                    params={"property": "associations", "reason": "INVALID_ID"},
                )

    def _pair_path(self, to_type, *rest):
        return path(
            "associations", self.version, self.object_type, to_type, "batch", *rest
        )


def _kind_of_link(name):
    """``(linked object,)`` of a path of links, with its label where it has one."""
    if name.startswith(ASSOCIATIONS):
        return (name.removeprefix(ASSOCIATIONS).split("[")[0],)
    return choice(name)


def _spec(category, type_id):
    if not type_id:
        return None
    return {"associationCategory": category, "associationTypeId": type_id}


def _ids(value):
    """The ids of a link: one, several or none."""
    if not value:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _list(value):
    return value if isinstance(value, list) else [] if value is None else [value]
