import copy

from odoo import api, models
from odoo.tools.safe_eval import safe_eval, test_python_expr

from ..engine import transforms as tf
from ..engine import transforms_format as fmt
from ..engine import transforms_pattern as pattern
from ..engine.transforms import ANY, LIST, RECORD, Transform

#: An expression longer than this wants to be an addon.
LONGEST_EXPRESSION = 500
ADMINISTRATOR = "connector_base.group_administrator"


def evaluate(value, expression, payload):
    """Compute an administrator's expression.

    It sees copies of plain data: no environment, no database, and what it does to them
    is forgotten.

    :raises ExpressionError: whatever goes wrong in it
    """
    names = {"value": copy.deepcopy(value), "record": copy.deepcopy(payload)}
    try:
        return safe_eval(expression, names)
    except Exception as error:
        raise ExpressionError(error) from error


class ExpressionError(ValueError):
    """An expression failed.

    :param kind: name of the error's class: its text may hold the record's values
    """

    def __init__(self, error):
        # safe_eval wraps what went wrong in an error of its own.
        cause = error.__context__ or error
        super().__init__(type(cause).__name__)
        self.kind = type(cause).__name__


class Known(dict):
    """Transforms by name. Maps outlive the addon of a transform that they name."""

    def __missing__(self, name):
        return Transform(
            name, name, _gone, argument="optional", takes=ANY, gives=ANY, always=True
        )


def _gone(value, argument):
    raise ValueError("no installed addon has this transform")


def check_expression(expression):
    if not expression or len(expression) > LONGEST_EXPRESSION:
        raise ValueError(f"an expression has 1 to {LONGEST_EXPRESSION} characters")
    try:
        message = test_python_expr(expression.strip(), mode="eval")
    except NameError as error:
        raise ValueError(str(error)) from None
    if message:
        raise ValueError(message)


class ConnectorTransform(models.AbstractModel):
    """The transforms that a field map's line can chain.

    Each has one declaration, see ``engine.transforms.Transform``; an addon adds its own
    by extending :meth:`_transforms`. A transform without a function is a look-up: it is
    the last of its chain, and is answered for a whole batch at once. A look-up ``x``
    has two methods, ``_check_x(line, argument)`` and ``_field_x(field, argument)``.
    """

    _name = "connector.transform"
    _description = "Connector Transform"

    @api.model
    def _transforms(self):
        """:return: list of ``engine.transforms.Transform``, as people choose from"""
        return [
            *self._text_transforms(),
            *self._list_transforms(),
            *self._format_transforms(),
            *self._lookup_transforms(),
            Transform(
                "expression",
                self.env._("Expression"),
                evaluate,
                argument="required",
                help=self.env._(
                    "A Python expression of “value” and “record” (all that came), as"
                    " value * 2 or record['a'] or record['b']."
                ),
                check=check_expression,
                takes=ANY,
                gives=ANY,
                always=True,
                whole=True,
                group=ADMINISTRATOR,
            ),
        ]

    def _text_transforms(self):
        _ = self.env._
        # What leaves nothing to do a second time passes the same way on its way out.
        same = [
            ("trim", _("Trim"), tf.trim),
            ("lower", _("Lower Case"), tf.lower),
            ("upper", _("Upper Case"), tf.upper),
            ("title", _("Title Case"), tf.title),
        ]
        return [
            *(Transform(name, lab, func, inverse=func) for name, lab, func in same),
            Transform("domain", _("Domain Only"), tf.domain),
            Transform(
                "default",
                _("If Empty"),
                tf.default,
                argument="required",
                help=_(
                    "What is taken for an empty value. Where the remote system sends no"
                    " such field at all, Odoo keeps what it has."
                ),
                takes=ANY,
                gives=None,
                on_null=True,
                inverse=lambda value, argument: value,
            ),
            Transform(
                "constant",
                _("Constant"),
                tf.constant,
                argument="required",
                help=_("What every record gets, whatever came in."),
                takes=ANY,
                always=True,
            ),
            Transform(
                "pairs",
                _("Translate"),
                tf.translate,
                argument="required",
                help=_(
                    "Pairs of a remote value and what it means, as"
                    " paid=Paid; open=Open. * stands for all others."
                ),
                check=tf.parse_pairs,
                takes=ANY,
                gives=None,
                inverse=tf.translate_back,
                undoable=tf.is_one_to_one,
            ),
            Transform(
                "extract",
                _("Find by Pattern"),
                pattern.extract,
                argument="required",
                help=_(
                    "A regular expression; its first group is taken, as (\\d+) for the"
                    " first number. Empty where nothing fits."
                ),
                check=pattern.compile_pattern,
            ),
            Transform(
                "replace",
                _("Replace by Pattern"),
                pattern.replace,
                argument="required",
                help=_("A regular expression and what replaces it: \\D+ => -"),
                check=pattern.parse_replacement,
            ),
        ]

    def _list_transforms(self):
        _ = self.env._
        return [
            Transform(
                "first",
                _("First of Several"),
                tf.first,
                argument="optional",
                help=_(
                    "The first that isn't empty, of a list or of a text with this"
                    " separator (; if none is given)."
                ),
                takes=ANY,
            ),
            Transform(
                "join",
                _("Join Several"),
                tf.join,
                argument="optional",
                help=_("Separator of the text, a comma if none is given."),
                takes=LIST,
                inverse=tf.split_back,
                plain_back=True,
            ),
            Transform(
                "split",
                _("Split"),
                tf.split,
                argument="optional",
                help=_("Separator of the text, a semicolon if none is given."),
                gives=LIST,
                inverse=tf.join_back,
                plain_back=True,
            ),
        ]

    def _format_transforms(self):
        _ = self.env._
        return [
            Transform(
                "date",
                _("Date or Time"),
                fmt.read_date,
                argument="optional",
                help=_(
                    "How it is written: iso, dmy, mdy, ymd, unix (seconds), ms, or a"
                    " format as %(example)s; after a semicolon the time zone, as"
                    " Europe/Paris.",
                    example="%d.%m.%Y %H:%M",
                ),
                check=fmt.check_date,
                inverse=fmt.write_date,
                undoable=fmt.is_exact_format,
                plain_back=True,
            ),
            Transform(
                "number",
                _("Number"),
                fmt.read_number,
                argument="required",
                help=_("Language and country that write it so: de_DE for 1.234,56."),
                check=fmt.check_locale,
                inverse=fmt.write_number,
                plain_back=True,
            ),
            Transform(
                "months",
                _("Months of a Duration"),
                fmt.months,
                inverse=fmt.write_months,
                plain_back=True,
            ),
            Transform(
                "phone",
                _("Phone Number"),
                fmt.phone,
                argument="optional",
                help=_(
                    "e164 or international, and the country of numbers without one:"
                    " e164 DE."
                ),
                check=fmt.parse_phone_argument,
                inverse=fmt.phone,
            ),
            Transform("country", _("Country Code"), fmt.country, inverse=fmt.country),
            Transform(
                "currency",
                _("Currency Code"),
                fmt.currency,
                argument="optional",
                help=_("The currency that a bare $ means, as USD."),
                check=fmt.check_currency,
                inverse=fmt.currency,
            ),
        ]

    def _lookup_transforms(self):
        _ = self.env._
        return [
            Transform(
                "value_map",
                _("Value Map"),
                argument="required",
                help=_("Technical name of a value map of this connection."),
                takes=ANY,
                gives=RECORD,
            ),
            Transform(
                "binding",
                _("Record Synced As"),
                argument="required",
                help=_(
                    "The value is the remote ID of a record of this kind:"
                    " customer.company, product, …"
                ),
                takes=ANY,
                gives=RECORD,
            ),
            Transform(
                "key",
                _("Record Whose"),
                argument="required",
                help=_(
                    "Model and field that hold the value, as"
                    " product.product.default_code."
                ),
                takes=ANY,
                gives=RECORD,
            ),
        ]

    # -- by name --------------------------------------------------------------

    @api.model
    def _by_name(self):
        """:return: ``{technical name: Transform}``; asked for one that no installed
        addon declares, it gives one that fails
        """
        return Known((transform.name, transform) for transform in self._transforms())

    @api.model
    def _labels(self):
        """:return: list of ``(technical name, label)``"""
        return [(transform.name, transform.label) for transform in self._transforms()]

    @api.model
    def _chain_text(self, chain):
        """A chain as people read it: ``Trim › Title Case › If Empty: n/a``.

        :param chain: list of ``(technical name, argument)``
        """
        labels = dict(self._labels())
        return " › ".join(
            f"{labels.get(name, name)}: {argument}"
            if argument
            else labels.get(name, name)
            for name, argument in chain
        )
