from odoo.exceptions import AccessDenied, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..service_user import as_service, is_engine, service_user_id
from .common_push import PushCase
from .common_vendor import remote
from .test_object_add import BADGES, ObjectCase

#: What decides over rights, or what Odoo does by itself.
OF_ODOO = (
    *("res.users", "res.groups", "res.company", "ir.config_parameter", "ir.cron"),
    *("ir.rule", "ir.model.access", "ir.actions.server", "ir.model.fields"),
    *("connector.connection", "connector.credential", "connector.binding"),
)


@tagged("post_install", "-at_install")
class TestServiceUser(PushCase):
    """The connectors work as a user of their own, who may do the least."""

    def setUp(self):
        super().setUp()
        self.service = self.env["res.users"].browse(service_user_id(self.env))

    # -- nobody is it ---------------------------------------------------------

    def test_nobody_signs_in_as_it(self):
        self.assertFalse(self.service.active)
        self.env.cr.execute(
            SQL(
                "UPDATE res_users SET password = %s WHERE id = %s",
                self.service._crypt_context().hash("secret"),
                self.service.id,
            )
        )
        with self.assertRaises(AccessDenied):
            self.service.with_user(self.service)._check_credentials(
                {"type": "password", "login": self.service.login, "password": "secret"},
                {"interactive": True},
            )
        for vals in ({"active": True}, {"password": "secret"}):
            with self.subTest(vals), self.assertRaises(UserError):
                self.service.write(vals)
        with self.assertRaises(UserError):
            self.service.unlink()

    def test_it_takes_no_seat_and_nobody_chooses_it(self):
        users = self.env["res.users"].search([("share", "=", False)])
        self.assertNotIn(self.service, users)
        self.assertNotIn(
            self.service.partner_id, self.env["res.partner"].search([("id", "!=", 0)])
        )

    # -- what it may ----------------------------------------------------------

    def test_it_may_not_write_what_decides_over_rights(self):
        for model in OF_ODOO:
            for right in ("create", "write", "unlink"):
                with self.subTest(model=model, right=right):
                    self.assertFalse(as_service(self.env[model]).has_access(right))

    def test_it_sees_the_company_that_the_work_is_for_and_no_other(self):
        other = self.env["res.company"].create({"name": "Another Company"})
        self.new_connection(company_id=other.id)
        self.assertIn(other, self.service.company_ids)
        partners = self.env["res.partner"].create(
            [{"name": name, "company_id": c.id} for name, c in (("A", other),)]
        )
        here = as_service(self.env["res.partner"])
        there = as_service(self.env["res.partner"].with_company(other))
        self.assertFalse(here.browse(partners.ids).has_access("write"))
        self.assertTrue(there.browse(partners.ids).has_access("write"))

    # -- who did it -----------------------------------------------------------

    def test_what_a_job_writes_is_the_connectors_own(self):
        self.pull("companies", remote(1, name="Acme"))
        partner = self.taken("companies", 1)
        self.assertEqual(partner.create_uid, self.service)
        self.assertFalse(is_engine(self.env(user=self.env.ref("base.user_admin"))))

    def test_a_job_says_who_set_it_off(self):
        operator = self.user_of("operator")
        self.flow("companies").with_user(operator).action_sync()
        job = self.last_job(self.flow("companies"))
        self.assertEqual(job.create_uid, operator)

    def test_a_push_tells_whose_change_it_was(self):
        seller = new_test_user(
            self.env,
            "connector-seller",
            groups="base.group_user,base.group_partner_manager",
        )
        self.pull("companies", remote(1, name="Acme"))
        self.taken("companies", 1).with_user(seller).city = "Lyon"
        self.commit()
        self.assertEqual(self.env["connector.change"].search([]).user_id, seller)
        self.push()
        log = self.logs("companies", 1).filtered(lambda log: log.direction == "push")
        self.assertEqual(log.user_id, seller)

    # -- what it is kept from -------------------------------------------------

    def test_a_record_of_another_company_is_not_written(self):
        self.pull("companies", remote(1, name="Acme"), remote(2, name="Beta"))
        other = self.env["res.company"].create({"name": "Another Company"})
        self.taken("companies", 1).company_id = other
        self.pull(
            "companies",
            remote(1, name="Taken Over", at="2030-01-01T00:00"),
            remote(2, name="Beta 2", at="2030-01-01T00:00"),
        )
        self.assertEqual(self.taken("companies", 1).name, "Acme")
        self.assertEqual(self.taken("companies", 2).name, "Beta 2")
        exception = self.exceptions()
        self.assertEqual(exception.code, "out_of_reach")
        self.assertIn("another company", exception.name)

    def test_the_address_of_a_user_of_odoo_is_not_written(self):
        """Whoever gets the mail of a user may set that user's password."""
        self.pull("contacts", remote(1, last_name="King", email="king@acme.test"))
        contact = self.taken("contacts", 1)
        user = new_test_user(self.env, "connector-king", partner_id=contact.id)
        email = user.partner_id.email
        changed = {"last_name": "King", "email": "thief@evil.test"}
        job = self.pull("contacts", remote(1, at="2030-01-01T00:00", **changed))
        self.assertEqual(job.result, {"held": 1})
        self.assertEqual(contact.email, email)
        self.assertEqual(self.exceptions().code, "never_written")
        self.assertIn("User (res.users)", self.exceptions().name)


@tagged("post_install", "-at_install")
class TestMapsWithoutRights(ObjectCase):
    """A field map reaches no further than the service user's rights."""

    MODEL = "res.partner.industry"

    def grant(self):
        self.env["ir.model.access"].create(
            {
                "name": "Connectors: industries",
                "model_id": self.env["ir.model"]._get_id(self.MODEL),
                "group_id": self.env.ref("connector_base.group_service").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
            }
        )

    def test_a_lacking_right_is_one_cause_and_granting_it_settles_all(self):
        draft = self.add(BADGES, "model", self.MODEL)
        self.assertIn("may not create Industry", draft.rights_warning)
        self.fill(draft, title="odoo.name")
        records = [remote(n, title=f"Industry {n}") for n in range(1, 6)]
        job = self.pull("2-7", *records)
        self.assertEqual(job.result, {"held": 5})
        exception = self.exceptions()
        self.assertEqual((exception.code, exception.open_count), ("may_not_create", 5))
        self.assertIn("The connectors may not create Industry", exception.name)
        self.assertIn("Connectors: Service", exception.advice)
        self.grant()
        draft.invalidate_recordset(["rights_warning"])
        self.assertFalse(draft.rights_warning)
        self.pull_again("2-7", *records)
        self.assertEqual(self.taken("2-7", 3).name, "Industry 3")
        self.assertFalse(self.exceptions())

    def test_the_dialog_says_so_before_there_is_a_map(self):
        wizard = self.wizard()
        wizard.write(
            {
                "choice_id": wizard.choice_ids[:1].id,
                "entity": "model",
                "model_id": self.env["ir.model"]._get_id(self.MODEL),
            }
        )
        self.assertIn("may not create Industry", wizard.rights_warning)
        wizard.model_id = self.env["ir.model"]._get_id("res.partner.category")
        self.assertFalse(wizard.rights_warning)

    def test_settings_are_never_written_whatever_was_granted(self):
        """Also by a flow that was put into the database in another way."""
        draft = self.add(BADGES, "model", self.MODEL)
        self.grant()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE connector_flow SET entity = %s WHERE id = %s",
                "model:ir.config_parameter/2-7",
                draft.flow_id.id,
            )
        )
        self.env.invalidate_all()
        draft.line_ids.create(
            {"map_id": draft.id, "remote_path": "title", "target": "odoo.key"}
        )
        with self.assertRaisesRegex(UserError, "never write"):
            draft.action_submit()
        entity = self.env["connector.entity"]._named("model:ir.config_parameter/2-7")
        self.assertFalse(entity.sudo()._may("write"))
