"""Records as the API gives them."""

from urllib.parse import urlencode

from ..clock import iso
from . import associations, facts
from .access import token_after


class Renderer:
    """Shapes of records for one account."""

    def __init__(self, store, account, ignored):
        self.store = store
        self.account = account
        self.ignored = ignored

    def names(self, object_type, asked):
        """The properties to give: those asked for and known, or the defaults, and
        always a few. Unknown names, those of archived properties too, are ignored
        [S OpenAPI `properties`; M for archived] and counted, so that a test can see a
        misspelt one."""
        kind = facts.kind(object_type)
        known = self._live(object_type)
        always = (*facts.ALWAYS, kind.modified)
        given = asked or kind.defaults
        names = dict.fromkeys(name for name in given if name in known)
        for name in given:
            if name not in known:
                self.ignored[object_type, name] += 1
        names.update(dict.fromkeys(always))
        return list(names)

    def record(self, object_type, record, names, state=None):
        """One record; ``state`` replaces its properties (a lagging index). Known
        properties without a value are null, never absent [3P observed]."""
        properties = record.properties if state is None else state
        shape = {
            "id": str(record.id),
            "properties": {name: properties.get(name) for name in names},
            "createdAt": iso(record.created),
            "updatedAt": properties[facts.kind(object_type).modified],
            "archived": record.archived is not None,
        }
        if record.archived is not None:
            shape["archivedAt"] = iso(record.archived)
        type_id = facts.kind(object_type).type_id
        shape["url"] = (
            f"https://{self.account['uiDomain']}/contacts/"
            f"{self.account['portalId']}/record/{type_id}/{record.id}"
        )
        return shape

    def whole(self, object_type, record):
        """A record with every property that has a value: the answer to a create."""
        live = self._live(object_type)
        names = [
            name
            for name, value in record.properties.items()
            if value is not None and name in live
        ]
        return self.record(object_type, record, names)

    def _live(self, object_type):
        """The names of the properties that an object has, without archived ones."""
        known = self.store.properties[object_type]
        return {name for name, each in known.items() if not each.archived}

    def associations(self, object_type, record, wanted):
        """The `associations` of a record in a list: partners by plural name, types by
        name, no key for an object without partners [S OpenAPI AssociatedId; M]."""
        found = {}
        for other in wanted:
            results = [
                {
                    "id": to_id,
                    "type": associations.type_name(object_type, other, type_id),
                }
                for to_id, types in self.store.associated(
                    object_type, record.id, other
                ).items()
                for type_id in types
            ]
            if results:
                found[other] = {"results": results}
        return found


def paging(request, base_url, number):
    """The `paging` of a page after which there is more; ``number``: its last id."""
    query = {name: values[-1] for name, values in request.query.items()}
    query["after"] = token_after(number)
    link = f"{base_url}{request.path}?{urlencode(query)}"
    return {"next": {"after": query["after"], "link": link}}
