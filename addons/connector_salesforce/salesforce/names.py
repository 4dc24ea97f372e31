"""Which fields a query asks for: those of the map that the org has.

A query that names one unknown field is refused as a whole (``INVALID_FIELD``), also
where the run-as user may not see it. Then the org is asked what it has, and the others
are read: a record without the key says that the field is gone.
"""

import re

from odoo.addons.connector_base.engine import errors

from . import soql
from .describe import Types
from .endpoints import ARCHIVED_BY, CHANGED, DELETED, MASTER, MERGEABLE, path
from .values import field_names

#: How a refusal names the field, or the relationship. [3P, many parse it]
_UNKNOWN = re.compile(
    r"No such column '([\w.]+)'|Didn't understand relationship '(\w+)'|"
    r"No such relation '?(\w+)'?"
)


class Names:
    """The fields of one object that are asked for.

    :param paths: remote paths of the field map
    """

    def __init__(self, client, object_name, paths):
        self.client = client
        self.object_name = object_name
        self.system = ["Id", CHANGED, DELETED]
        if object_name in MERGEABLE:
            self.system.append(MASTER)
        self.switch = ARCHIVED_BY.get(object_name)
        if self.switch:
            self.system.append(self.switch)
        # What can't be a name no org has either.
        named = filter(soql.is_name, field_names(paths) - set(self.system))
        self._wanted = sorted(named)
        self.types = Types(client, object_name)

    @property
    def current(self):
        """Names, without those that turned out to be unknown."""
        return [*self.system, *self._wanted]

    def query(self, make, everything=False):
        """Ask a query, a second time where it named what the org doesn't have.

        :param make: ``(names) -> SOQL``
        :param everything: with what is in the recycle bin
        :return: ``Reply``
        """
        resource = "queryAll" if everything else "query"
        where = path(self.client.api_version, resource)
        while True:
            try:
                return self.client.get(where, {"q": make(self.current)})
            except errors.InvalidRecord as error:
                if error.code != "unknown_field" or not self.forget(error.message):
                    raise

    def forget(self, message):
        """Leave out what the org doesn't have.

        :param message: of the refusal
        :return: whether anything is left out now that was not before
        """
        known = self.types.names()
        kept = [name for name in self._wanted if "." in name or name in known]
        if kept == self._wanted:
            found = _UNKNOWN.search(message)
            named = found and next(filter(None, found.groups()))
            kept = [name for name in kept if not named or not _names(name, named)]
        changed = kept != self._wanted
        self._wanted = kept
        return changed


def _names(name, unknown):
    """Whether a path of relationships holds what is unknown."""
    return unknown in name.split(".") or name == unknown
