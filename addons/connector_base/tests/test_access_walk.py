from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tests.common import TransactionCase

from ..engine.masking import is_secret_name
from . import access_walk
from .access_rows import Rows


@tagged("post_install", "-at_install")
class TestAccessWalk(TransactionCase):
    """Every model of the suite, of whichever addon: what holds for all of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = access_walk.people_of(cls.env)
        groups = (user.group_ids for user in cls.people.values())
        cls.all_groups = cls.env.ref("base.group_system").union(*groups)
        if managers := cls.env.ref("sales_team.group_sale_manager", False):
            # Who only sells sees their own deals.
            cls.all_groups |= managers
        cls.admin = access_walk.user_of(cls.env, "system", cls.all_groups)
        cls.models = access_walk.own_models(cls.env)

    def assert_none(self, found):
        self.assertFalse(found, "\n".join(["", *sorted(found)]))

    # -- access rows and rules ------------------------------------------------

    def test_rights_are_given_to_groups_only(self):
        rights = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "connector.%")]
        )
        self.assert_none(
            [right.name for right in rights if not right.group_id and right.active]
        )
        there = set(rights.mapped("model_id.model"))
        self.assert_none([m._name for m in self.models if m._name not in there])

    def test_nobody_sees_rows_of_another_company(self):
        """Whoever may read a model: a system administrator, too."""
        other = self.env["res.company"].create({"name": "Other"})
        there = access_walk.user_of(
            self.env,
            "there",
            self.all_groups,
            company_id=other.id,
            company_ids=other.ids,
        )
        rows, seen, hidden = Rows(self.env, other, there), [], []
        shared = access_walk.tables_of(self.env, "SHARED")
        for model in self.models:
            row = rows.of(model._name)
            if not row or model._name in shared:
                continue
            same = [("id", "=", row.id)]
            if not model.with_user(there).has_access("read"):
                continue
            if model.with_user(self.admin).search(same):
                seen.append(f"{model._name}: seen from another company")
            if not model.with_user(there).with_context(active_test=False).search(same):
                hidden.append(f"{model._name}: not even seen in its own company")
        self.assert_none(seen + hidden)

    # -- secrets --------------------------------------------------------------

    def test_no_secret_is_read_by_anyone(self):
        shown = access_walk.tables_of(self.env, "SHOWN_SECRETS")
        found = []
        for model in self.models:
            for name in self.secrets_of(model):
                if (model._name, name) in shown:
                    continue
                field = model._fields[name]
                if field.groups != fields.NO_ACCESS:
                    found.append(f"{model._name}.{name}: {field.groups}")
                    continue
                with self.assertRaises(AccessError):
                    model.with_user(self.admin).search([(name, "!=", False)], limit=1)
        self.assert_none(found)

    def secrets_of(self, model):
        encrypted = getattr(model, "_encrypted", ())
        return {
            name
            for name, field in model._fields.items()
            if name in encrypted or is_secret_name(name) or "digest" in name
            if field.type != "boolean"
        }

    # -- methods --------------------------------------------------------------

    def test_what_can_be_called_from_outside_is_meant_to_be(self):
        """By a button, by the browser, or for a reason; all else is private."""
        meant = set(access_walk.buttons(self.env))
        meant |= set(access_walk.tables_of(self.env, "REMOTE"))
        names = {method for _model, method in meant}
        methods = access_walk.remote_methods(self.env)
        self.assertGreater(len(methods), 100, "the walk has lost its way")
        self.assert_none(
            [
                f"{model}.{method} of {module}"
                for (model, method), module in methods.items()
                if (model, method) not in meant and method not in names
            ]
        )

    # -- what the engine fills ------------------------------------------------

    def test_what_the_engine_fills_is_not_written_by_people(self):
        rows = Rows(self.env, self.env.company, self.admin)
        allowed = access_walk.tables_of(self.env, "WRITABLE")
        found = []
        for model in self.models:
            if model._transient or model._name in allowed:
                continue
            # Some models drop what people's new records may not bring along.
            news = ("create",) if getattr(model, "_guards_new", True) else ()
            for operation in ("write", *news):
                user = self.first_who_may(model, operation)
                for name in self.filled_by_the_engine(model) if user else ():
                    if (model._name, name) in allowed:
                        continue
                    record = rows.of(model._name).with_user(user)
                    if not self.is_refused(record, operation, name):
                        found.append(f"{model._name}.{name}: {operation}, {user.name}")
        self.assert_none(found)

    def first_who_may(self, model, operation):
        for user in self.people.values():
            if model.with_user(user).has_access(operation):
                return user

    def filled_by_the_engine(self, model):
        return [
            name
            for name, field in model._fields.items()
            if field.store
            and field.readonly
            and not field.related
            and not getattr(field, "automatic", False)
            and field.groups != fields.NO_ACCESS
            and name not in MAGIC_COLUMNS
            and not name.startswith(("message_", "activity_", "my_activity"))
        ]

    def is_refused(self, record, operation, name):
        savepoint = self.env.cr.savepoint()
        try:
            if operation == "write":
                record.write({name: False})
            else:
                record.create({name: False})
        except Exception as error:
            # A constraint that isn't met is no refusal.
            return type(error) in (AccessError, UserError)
        finally:
            savepoint.close()
        return False

    # -- finance --------------------------------------------------------------

    def test_who_approves_for_finance_is_made_so(self):
        """No other group implies it, and it gives no more than looking besides."""
        group = self.env.ref("connector_base.group_finance_approver")
        self.assertEqual(group.all_implied_by_ids, group)
        administrators = self.env.ref("connector_base.group_administrator")
        self.assertNotEqual(group.privilege_id, administrators.privilege_id)
        self.assertNotIn(group, self.people["administrator"].all_group_ids)
        viewers = self.env.ref("connector_base.group_viewer")
        self.assertEqual(group.implied_ids, viewers)

    # -- routes ---------------------------------------------------------------

    def test_each_route_is_for_those_who_are_named(self):
        """Who comes without a session leaves none, and nobody else is let past CSRF."""
        known = access_walk.tables_of(self.env, "ROUTES")
        routes = access_walk.routes_of(self.env)
        self.assertEqual(
            {url: routing["auth"] for url, routing in routes.items()},
            {url: auth for url, (auth, _reason) in known.items()},
        )
        for url, routing in routes.items():
            with self.subTest(url):
                self.assertTrue(routing["methods"])
                if routing["auth"] == "none":
                    self.assertIs(routing["save_session"], False)
                else:
                    # Whoever is public there is turned away by the controller.
                    self.assertIn(routing["auth"], ("user", "public"))
                    self.assertIsNot(routing.get("csrf"), False)
