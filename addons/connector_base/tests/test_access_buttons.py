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
        cls.opens = access_walk.tables_of(cls.env, "OPENS")
        cls.dialogs = {model._table for model in cls.env.values() if model._transient}
        cls.buttons = access_walk.buttons(cls.env)
        cls.rows = Rows(cls.env, cls.env.company, cls.people["viewer"])
        for model, _method in cls.buttons:
            cls.rows.of(model)
        cls.pressed = {press: cls.press(press) for press in cls.buttons}
        cls.ways = cls.ways_in()

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

    def only_opens(self, press):
        """Whether it leads somewhere, and writes nothing but dialogs."""
        came, written = self.pressed[press]
        leads = press in self.opens or (isinstance(came, dict) and "type" in came)
        return leads and written <= self.dialogs

    @classmethod
    def ways_in(cls):
        """``{model of a dialog: groups of all that open it}``, by buttons, too."""
        ways = access_walk.ways_into_dialogs(cls.env)
        for press, (came, _written) in cls.pressed.items():
            model = isinstance(came, dict) and came.get("res_model")
            if model and cls.env[model]._transient and model != press[0]:
                ways[model] += [button.groups for button in cls.buttons[press]]
        return ways

    def test_who_is_not_shown_a_button_is_refused_by_its_method(self):
        changing = [press for press in self.buttons if not self.only_opens(press)]
        self.assertGreater(len(changing), 50, "the walk has lost its way")
        holes = []
        for name, user in self.people.items():
            self.rows.made_by(user)
            for press in changing:
                if self.is_shown(user, press):
                    continue
                came, _written = self.press(press, user)
                if not isinstance(came, AccessError):
                    holes.append(f"{'.'.join(press)}: {name} is not refused: {came!r}")
        self.assertFalse(holes, "\n".join(["", *sorted(holes)]))

    def is_shown(self, user, press):
        if not any(access_walk.sees(user, button) for button in self.buttons[press]):
            return False
        into = self.ways.get(press[0])
        return not into or any(
            all(user.has_groups(groups) for groups in limits) for limits in into
        )

    def test_who_only_looks_is_shown_nothing_that_changes_anything(self):
        allowed = access_walk.tables_of(self.env, "FOR_ALL")
        shown = [
            f"{'.'.join(press)}: shown to a mere {name}"
            for press in self.buttons
            for name in LOOKING
            if press not in allowed
            and not self.only_opens(press)
            and self.is_shown(self.people[name], press)
        ]
        self.assertFalse(shown, "\n".join(["", *sorted(shown)]))
