import contextlib
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from . import access_walk
from .access_rows import Rows

WRITTEN = re.compile(r"(?i)\b(?:insert\s+into|update|delete\s+from)\s+\"?([a-z_]+)\"?")
#: Those who change nothing of the connectors, whatever they are shown.
LOOKING = ("employee", "viewer")


@tagged("post_install", "-at_install")
class TestAccessButtons(TransactionCase):
    """Who isn't shown a button is refused by its method, too.

    Each button of each view is pressed on a bare row: once with all rights, which
    tells whether it changes anything, and then by everybody who isn't shown it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = access_walk.people_of(cls.env)
        cls.states = access_walk.tables_of(cls.env, "STATES")
        cls.buttons = access_walk.buttons(cls.env)
        cls.rows = Rows(cls.env, cls.env.company, cls.people["viewer"])
        for model, _method in cls.buttons:
            cls.rows.of(model)
        cls.pressed = {press: cls.press(press) for press in cls.buttons}

    @classmethod
    def press(cls, press, user=None):
        """Call a button's method and undo what it did.

        :return: ``(value or exception, tables that were written)``
        """
        model, method = press
        written, execute = set(), Cursor.execute

        def watching(cursor, query, *args, **kwargs):
            written.update(WRITTEN.findall(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with contextlib.closing(cls.env.cr.savepoint()):
            for name, vals in cls.states.get(press, {}).items():
                cls.rows.change(name, vals)
            record = cls.rows.of(model).with_user(user or 1).sudo(user is None)
            with patch.object(Cursor, "execute", watching):
                try:
                    came = getattr(record, method)()
                    record.env.flush_all()
                except Exception as error:
                    came = error
        return came, written

    # -- what the buttons do --------------------------------------------------

    def kept(self, tables):
        """Those of tables that aren't dialogs'."""
        dialogs = {model._table for model in self.env.values() if model._transient}
        return tables - dialogs

    def only_opens(self, press):
        came, written = self.pressed[press]
        if press in access_walk.tables_of(self.env, "OPENS"):
            return not self.kept(written)
        return isinstance(came, dict) and "type" in came and not self.kept(written)

    def ways_in(self):
        """``{model of a dialog: groups of all that open it}``, by buttons, too."""
        ways = access_walk.ways_into_dialogs(self.env)
        for press, (came, _written) in self.pressed.items():
            model = isinstance(came, dict) and came.get("res_model")
            if model and self.env[model]._transient and model != press[0]:
                ways[model] += [button.groups for button in self.buttons[press]]
        return ways

    def test_who_is_not_shown_a_button_is_refused_by_its_method(self):
        ways = self.ways_in()
        changing = [press for press in self.buttons if not self.only_opens(press)]
        self.assertGreater(len(changing), 50, "the walk has lost its way")
        holes = []
        for name, user in self.people.items():
            self.rows.made_by(user)
            for press in changing:
                if self.is_shown(user, press, ways):
                    continue
                came, _written = self.press(press, user)
                if not isinstance(came, AccessError):
                    holes.append(f"{'.'.join(press)}: {name} is not refused: {came!r}")
        self.assertFalse(holes, "\n".join(["", *sorted(holes)]))

    def is_shown(self, user, press, ways):
        if not any(access_walk.sees(user, button) for button in self.buttons[press]):
            return False
        into = ways.get(press[0])
        return not into or any(
            all(user.has_groups(groups) for groups in limits) for limits in into
        )

    def test_who_only_looks_is_shown_nothing_that_changes_anything(self):
        allowed = access_walk.tables_of(self.env, "FOR_ALL")
        ways = self.ways_in()
        shown = [
            f"{'.'.join(press)}: shown to a mere {name}"
            for press in self.buttons
            for name in LOOKING
            if press not in allowed
            and not self.only_opens(press)
            and self.is_shown(self.people[name], press, ways)
        ]
        self.assertFalse(shown, "\n".join(["", *sorted(shown)]))
