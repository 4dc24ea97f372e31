import importlib.util

from odoo.tests import tagged
from odoo.tools import file_path, sql

from .common import ConnectorCase


@tagged("post_install", "-at_install")
class TestMigrationLines(ConnectorCase):
    """Field maps of before the chain of transforms."""

    def migrate(self, name):
        path = file_path(f"connector_base/migrations/19.0.3.0.0/{name}.py")
        spec = importlib.util.spec_from_file_location(name.replace("-", "_"), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self.env.flush_all()
        module.migrate(self.env.cr, "19.0.2.0.0")
        self.env.invalidate_all()

    def test_the_one_transform_becomes_a_step(self):
        cr, table = self.env.cr, "connector_field_map_line"
        city = self.map_line("companies", "city")
        zip_code = self.map_line("companies", "zip")
        for column in ("transform", "transform_arg"):
            sql.create_column(cr, table, column, "varchar")
        update = f"UPDATE {table} SET transform = %s, transform_arg = %s WHERE id = %s"
        cr.execute(update, ["join", "/", city.id])
        # What the transform didn't look at is dropped: it would be refused by now.
        cr.execute(update, ["trim", "x", zip_code.id])
        self.migrate("post-lines")
        self.assertEqual(city.chain, "Join Several: /")
        self.assertEqual(zip_code.chain, "Trim")
        self.assertFalse(self.map_line("companies", "name").step_ids)
        self.assertFalse(sql.column_exists(cr, table, "transform"))
        self.assertFalse(sql.column_exists(cr, table, "transform_arg"))
        # A second time there is nothing to do.
        self.migrate("post-lines")
        self.assertEqual(len(city.step_ids), 1)

    def test_what_entities_declare_is_written_down(self):
        self.env["connector.value.map"]._ensure(self.connection, "owner")
        self.env.flush_all()
        self.env.cr.execute("UPDATE connector_field_map_line SET pii = NULL")
        self.env.cr.execute("UPDATE connector_value_map SET on_unmapped = NULL")
        self.env.invalidate_all()
        self.migrate("pre-lines")
        self.migrate("end-lines")
        self.assertTrue(self.map_line("companies", "phone").pii)
        self.assertFalse(self.map_line("companies", "city").pii)
        self.assertEqual(self.connection.value_map_ids.on_unmapped, "empty")
