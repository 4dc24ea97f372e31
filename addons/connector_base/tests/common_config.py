"""Builders for tests of configuration files."""

import json

from ..engine import config_file
from ..engine.config_diff import GONE
from .test_field_map_review import MapCase

#: What files are called that were taken over, and their digest.
SOURCE = ("acme.zip", "0" * 64)


class ConfigCase(MapCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.config = cls.env["connector.config"]

    # -- builders -------------------------------------------------------------

    def tree(self, **options):
        return self.config._export(self.connection, **options)

    def edited(self, tree, path, edit):
        """A tree of which one file was edited by hand."""
        path = next(one for one in tree if one.endswith(path))
        document = json.loads(tree[path])
        edit(document)
        return {**tree, path: config_file.dump(document)}

    def plan(self, tree, user=None, **options):
        config = self.config.with_user(user) if user else self.config
        return config._plan(tree, **options)

    def apply(self, tree, user=None, only=None, gone=False, **options):
        """Take over all that can be, or what ``only`` picks."""
        plan = self.plan(tree, user, **options)
        self.assertFalse(plan.problems)
        chosen = {
            change.ident
            for change in plan.changes
            if change.ident and (gone or change.state != GONE)
            if only is None or only(change)
        }
        config = self.config.with_user(user) if user else self.config
        config._apply(plan, chosen, SOURCE)
        return plan

    def in_words(self, plan):
        return [
            (c.state, c.title, c.label, c.before, c.after)
            for c in plan.changes
            if not c.problem
        ]

    def problems(self, plan):
        return [change.problem for change in plan.changes if change.problem]

    def step_aside(self):
        """The connection is another one from now on: the files' is to be made."""
        self.connection.name = "Old"
        flows = self.connection.with_context(active_test=False).flow_ids
        rules = self.env["connector.exception.rule"].search(
            ["|", ("flow_id", "in", flows.ids), ("connection_id", "!=", False)]
        )
        rules.unlink()
        return flows

    def made(self):
        return self.env["connector.connection"].search([("name", "=", "Fake CRM")])
