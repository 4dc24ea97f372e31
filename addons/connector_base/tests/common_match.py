"""Partners as they stand in Odoo, and records that may be the same."""

from .common import ConnectorCase
from .common_vendor import COMPANIES, CONTACTS, PRODUCTS, same_names


def widened(stream, *targets):
    """A stream whose default map has further lines."""
    known = {line.target for line in stream.default_map}
    lines = same_names(*(target for target in targets if target not in known))
    return type(stream)(
        name=stream.name,
        entity=stream.entity,
        label=stream.label,
        default_map=(*stream.default_map, *lines),
        sequence=stream.sequence,
        lane=stream.lane,
    )


class MatchCase(ConnectorCase):
    """Partners as they stand in Odoo before anything was connected."""

    streams = (
        widened(COMPANIES, "ref", "tax_id", "email", "other_emails"),
        widened(CONTACTS, "ref", "tax_id", "other_emails"),
        PRODUCTS,
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.de = cls.env.ref("base.de")
        cls.fr = cls.env.ref("base.fr")

    def company(self, name="Acme GmbH", **vals):
        return self.env["res.partner"].create(
            {"name": name, "is_company": True, **vals}
        )

    def person(self, name="Jane Doe", **vals):
        return self.env["res.partner"].create({"name": name, **vals})

    def rule(self, stream, method):
        rules = self.flow(stream).with_context(active_test=False).match_rule_ids
        return rules.filtered(lambda rule: rule.method == method)

    def item(self, remote_id):
        return self.env["connector.exception.item"].search(
            [
                ("remote_id", "=", str(remote_id)),
                ("state", "=", "open"),
                ("direction", "=", "pull"),
            ]
        )

    def linked(self, stream, remote_id):
        """The Odoo record that a remote one was linked to, not created as."""
        self.assertEqual(self.logs(stream, remote_id)[-1:].action, "link")
        return self.taken(stream, remote_id)
