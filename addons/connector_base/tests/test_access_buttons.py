import contextlib
import re
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tests.common import TransactionCase, new_test_user

from . import access_walk
from .access_rows import Rows

WRITES = re.compile(
    r"(?i)\b(?:insert\s+into|update|delete\s+from)\s+(?:only\s+)?\"?([a-z_]+)\"?"
)
#: Logins and their groups, in the order of what they may.
PEOPLE = {
    "employee": "base.group_user",
    "viewer": "connector_base.group_viewer",
    "operator": "connector_base.group_operator",
    "map_editor": "connector_base.group_map_editor",
    "administrator": "connector_base.group_administrator",
    "finance": "connector_base.group_finance_approver",
    "salesperson": "sales_team.group_sale_salesman",
    "accountant": "account.group_account_readonly",
    "invoicing": "account.group_account_invoice",
}


@tagged("post_install", "-at_install")
class TestAccessButtons(TransactionCase):
    """Who may not do something is refused by the server, whatever views show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {
            name: new_test_user(cls.env, f"walk-{name}", groups=f"base.group_user,{group}")
            for name, group in PEOPLE.items()
            if cls.env.ref(group, raise_if_not_found=False)
        }

    @contextlib.contextmanager
    def undone(self):
        """What happens below is undone at the end."""
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield
        finally:
            self.env.cr.precommit.clear()
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear() if hasattr(self.env.transaction,'clear') else None
            savepoint.rollback()
            savepoint.close(rollback=False) if False else None

    def outcome(self, record, name):
        """``(what came of calling it, tables that were written, result or error)``."""
        written = []
        execute = Cursor.execute

        def watching(cr, query, *args, **kwargs):
            code = query.code if hasattr(query, "code") else query
            written.extend(WRITES.findall(code))
            return execute(cr, query, *args, **kwargs)

        with self.undone(), patch.object(Cursor, "execute", watching):
            try:
                result = getattr(record, name)()
                record.env.flush_all()
                what = "returned"
            except AccessError as error:
                what, result = "refused", error
            except Exception as error:
                what, result = "failed", error
        return what, written, result

    def test_try(self):
        rows = Rows(self.env, self.env.company, self.people["viewer"])
        import traceback
        for model in access_walk.own_models(self.env):
            try:
                with self.env.cr.savepoint():
                    rows.of(model._name)
            except Exception as e:
                print("ROW", model._name, repr(e)[:300])
        b = access_walk.buttons(self.env)
        print(len(b))
        for (model, name), bs in sorted(b.items()):
            rid = None
            with contextlib.suppress(Exception), self.env.cr.savepoint():
                rid = rows.of(model)
            if not rid:
                print("NOROW", model, name); continue
            w, t, r = self.outcome(self.env[model].browse(rid).sudo(), name)
            line = []
            for p, u in self.people.items():
                seen = any(access_walk.sees(u, x) for x in bs)
                rows.env.cr.execute(f'update "{self.env[model]._table}" set create_uid=%s where id=%s', (u.id, rid)) if self.env[model]._transient else None
                self.env.invalidate_all(flush=False)
                w2, t2, r2 = self.outcome(self.env[model].browse(rid).with_user(u), name)
                line.append(f"{p[:5]}{'+' if seen else '-'}{w2[:3]}{'!' if t2 else ''}")
            print(model, name, "SU", w, sorted(set(t)), repr(r)[:100] if w!='returned' or not isinstance(r,dict) else r.get('type'), r.get('res_model') if isinstance(r,dict) else '', {x.groups for x in bs}, ' '.join(line))
