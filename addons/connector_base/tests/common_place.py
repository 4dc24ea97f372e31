"""A database that is somewhere else now."""

import contextlib
import dataclasses
from unittest.mock import patch

from odoo.tools import config


class PlaceMixin:
    """For cases with an environment."""

    @contextlib.contextmanager
    def elsewhere(self, **parts):
        """The database is in another place, as far as named.

        :param parts: of ``engine.place.Place``
        """
        model = self.registry["connector.place"]
        place = dataclasses.replace(self.env["connector.place"]._here(), **parts)
        with patch.object(model, "_here", lambda _self: place):
            self.env.invalidate_all()
            yield place
        self.env.invalidate_all()

    def moved(self):
        """A dump that was restored on another server, under the same address."""
        return self.elsewhere(server="7000000000000000001")

    def copied(self):
        """A duplicate beside the original."""
        return self.elsewhere(uuid="another-uuid", database="copy", host="copy.test")

    def renamed(self):
        """The same database, reached by another address."""
        return self.elsewhere(host="intern.test:8069")

    def option(self, name, value):
        """An option of odoo.conf."""
        return patch.dict(config.options, {name: value})
