"""Pages of lists, by cursor and by offset. [S introduction/pagination]

``page[size]`` and ``page[after]`` give ``meta`` and ``links``, ``page`` and
``per_page`` give ``count`` and addresses, up to the 10,000th record.
"""

import base64
from urllib.parse import urlencode

from ..routing import Refusal, Reply
from . import errors, facts
from .access import whole


class Pager:
    """``url`` is a callable, since the port is chosen late."""

    def __init__(self, url):
        self.url = url

    def reply(self, request, name, source, shape, wanted=None, more=None):
        """A page of a :class:`Table` or of a list, each record shown by ``shape``.

        ``wanted`` passes some over, ``more(records)`` gives what is side-loaded.
        """
        if any(key.startswith("page[") for key in request.query):
            found, rest = self._by_cursor(request, source, wanted)
        else:
            found, rest = self._by_offset(request, source, wanted)
        body = {name: [shape(each) for each in found]}
        if more is not None:
            body.update(more(found))
        return Reply(200, {**body, **rest})

    def _by_cursor(self, request, source, wanted):
        size = whole(request, "page[size]", facts.PAGE, lowest=1)
        if size > facts.PAGE:
            raise _invalid("page[size]")
        if request.first("sort", "id") not in ("id", ""):
            raise _invalid("sort")
        place = decode(request.first("page[after]"), "page[after]")
        if isinstance(source, list):
            rows = [each for each in source if wanted is None or wanted(each)]
            found, has_more = rows[place : place + size], len(rows) > place + size
            end = place + len(found)
        else:
            found, has_more = source.after(place, size, wanted)
            end = found[-1].id if found else place
        after = encode(end) if found else None
        following = self.link(request, {"page[size]": size, "page[after]": after})
        return found, {
            "meta": {
                "has_more": has_more,
                "after_cursor": after,
                "before_cursor": encode(place) if place else None,
            },
            "links": {"prev": None, "next": following if has_more else None},
        }

    def _by_offset(self, request, source, wanted):
        size = min(whole(request, "per_page", facts.PAGE, lowest=1), facts.PAGE)
        page = whole(request, "page", 1, lowest=1)
        start = (page - 1) * size
        if start >= facts.OFFSET_LIMIT:
            text = "Only the first 10,000 records can be paged to by offset"
            raise errors.bad_request(text, "Pagination limit exceeded")
        if isinstance(source, list):
            rows = [each for each in source if wanted is None or wanted(each)]
            total, found = len(rows), rows[start : start + size]
        elif wanted is None:
            ids = source.ids
            total = len(ids)
            found = [source.rows[each] for each in ids[start : start + size]]
        else:
            rows = [source.rows[each] for each in source.ids]
            rows = [each for each in rows if wanted(each)]
            total, found = len(rows), rows[start : start + size]
        later = {"page": page + 1, "per_page": size}
        earlier = {"page": page - 1, "per_page": size}
        has_more = total > start + size
        return found, {
            "count": total,
            "next_page": self.link(request, later) if has_more else None,
            "previous_page": self.link(request, earlier) if page > 1 else None,
        }

    def link(self, request, changes):
        """The address of a request with other parameters."""
        query = {name: values[-1] for name, values in request.query.items()}
        query.update(changes)
        return f"{self.url()}{request.path}?{urlencode(query)}"


def encode(place):
    """An opaque cursor."""
    return base64.urlsafe_b64encode(f"o|{place}".encode()).decode()


def decode(cursor, name):
    """What it was made of; 0 for none, 400 when it is no cursor."""
    if not cursor:
        return 0
    try:
        kind, place = base64.urlsafe_b64decode(cursor).decode().split("|")
        if kind == "o":
            return int(place)
    except ValueError:
        pass
    raise _invalid(name)


def _invalid(name):
    error = {
        "code": "InvalidPaginationParameter",
        "title": f"{name} is not valid",
    }
    return Refusal(Reply(400, {"errors": [error]}))
