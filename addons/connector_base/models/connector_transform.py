from odoo import api, models

from ..engine import transforms


class ConnectorTransform(models.AbstractModel):
    """The transforms that a field map's line can name.

    Each is a pair of a label in :meth:`_labels` and a function in :meth:`_functions`;
    an addon adds its own by extending both.
    """

    _name = "connector.transform"
    _description = "Connector Transform"

    @api.model
    def _labels(self):
        """:return: list of ``(technical name, label)``"""
        return [
            ("trim", self.env._("Trim blanks")),
            ("lower", self.env._("Lower case")),
            ("upper", self.env._("Upper case")),
            ("first", self.env._("First of several")),
            ("join", self.env._("Join several")),
            ("domain", self.env._("Domain only")),
            ("constant", self.env._("Constant")),
        ]

    @api.model
    def _functions(self):
        """:return: ``{technical name: function(value, argument) -> value}``"""
        return {
            "trim": transforms.trim,
            "lower": transforms.lower,
            "upper": transforms.upper,
            "first": transforms.first,
            "join": transforms.join,
            "domain": transforms.domain,
            "constant": transforms.constant,
        }

    @api.model
    def _reversible(self):
        """Transforms that a value may pass on its way out just as on its way in."""
        return frozenset({"trim", "lower", "upper"})
