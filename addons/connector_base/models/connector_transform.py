import copy
import dataclasses

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools.safe_eval import safe_eval, test_python_expr

from ..engine import transforms as tf
from ..engine import transforms_format as fmt
from ..engine import transforms_pattern as pattern
from ..engine.transforms import ANY, LIST, PLAIN, RECORD, Transform

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
        """:return: ``{technical name: Transform}``"""
        return {transform.name: transform for transform in self._transforms()}

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

    # -- checks ---------------------------------------------------------------

    @api.model
    def _check_chain(self, line, chain):
        """Refuse a chain that can't work.

        :param line: ``connector.field.map.line``
        :param chain: list of ``(technical name, argument)``
        :raises ValidationError: naming the step and what is wrong with it
        """
        by_name = self._by_name()
        given = ANY
        for number, (name, argument) in enumerate(chain):
            transform = by_name[name]
            self._check_argument(transform, argument)
            if given in (LIST, PLAIN) and transform.takes not in (ANY, given):
                raise ValidationError(
                    self.env._(
                        "“%(label)s” needs a list."
                        if transform.takes == LIST
                        else "“%(label)s” can't work with a list: join it, or take the"
                        " first of it, before.",
                        label=transform.label,
                    )
                )
            if transform.lookup:
                if number + 1 < len(chain):
                    raise ValidationError(
                        self.env._(
                            "“%s” gives a record: it must be the last step.",
                            transform.label,
                        )
                    )
                getattr(self, f"_check_{name}")(line, argument)
            given = transform.gives or given

    def _check_argument(self, transform, argument):
        if transform.argument == "none" and argument:
            raise ValidationError(
                self.env._("“%s” needs nothing more: clear it.", transform.label)
            )
        if transform.argument == "required" and not argument:
            raise ValidationError(
                self.env._(
                    "“%(label)s” needs more: %(help)s",
                    label=transform.label,
                    help=transform.help,
                )
            )
        if argument and transform.check:
            try:
                transform.check(argument)
            except ValueError as error:
                raise ValidationError(
                    self.env._(
                        "“%(label)s” can't work with “%(argument)s” (%(reason)s)."
                        " %(help)s",
                        label=transform.label,
                        argument=argument,
                        reason=error,
                        help=transform.help,
                    )
                ) from None

    def _check_value_map(self, line, argument):
        kinds = line.map_id.flow_id.connection_id._value_kinds()
        if argument not in kinds:
            raise ValidationError(
                self.env._(
                    "There is no value map “%(name)s”. There are: %(names)s",
                    name=argument,
                    names=", ".join(sorted(kinds)),
                )
            )
        self._check_relation(line, kinds[argument].relation)

    def _check_binding(self, line, argument):
        connection = line.map_id.flow_id.connection_id
        known = [stream.entity for stream in connection._provider()._streams()]
        if argument not in known:
            raise ValidationError(
                self.env._(
                    "“%(name)s” isn't synced with this connection. These are:"
                    " %(names)s",
                    name=argument,
                    names=", ".join(sorted(set(known))),
                )
            )
        self._check_relation(line, connection._entity(argument)._entity_model)

    def _check_key(self, line, argument):
        model_name, _dot, field_name = argument.rpartition(".")
        model = self.env.get(model_name)
        field = model._fields.get(field_name) if model is not None else None
        if field is None or not field.store or field.type not in ("char", "integer"):
            raise ValidationError(
                self.env._(
                    "“%s” is not a model with a stored text or whole number, as"
                    " product.product.default_code.",
                    argument,
                )
            )
        model.check_access("read")
        if (
            field.groups
            and not self.env.su
            and not self.env.user.has_groups(field.groups)
        ):
            raise ValidationError(
                self.env._("You may not look records up by “%s”.", argument)
            )
        self._check_relation(line, model_name)

    def _check_relation(self, line, relation):
        """Refuse a look-up of records that the target can't hold."""
        target = line._target_field()
        model = self.env[line.map_id.flow_id._entity_model()._entity_model]
        field = model._fields.get(target.odoo_field) if target else None
        fits = field is not None and (
            field.relational and field.comodel_name == relation
        )
        if not fits:
            raise ValidationError(
                self.env._(
                    "%(field)s holds no %(model)s.",
                    field=target.label if target else line.target,
                    model=self.env["ir.model"]._get(relation).name or relation,
                )
            )

    # -- compiled -------------------------------------------------------------

    @api.model
    def _target_of(self, field, chain, many):
        """The entity field as a line's look-up fills it.

        :param field: ``EntityField`` that the line names
        :param many: whether Odoo holds several records there
        """
        if not chain:
            return field
        name, argument = chain[-1]
        if not self._by_name()[name].lookup:
            return field
        return getattr(self, f"_field_{name}")(field, argument, many)

    def _field_value_map(self, field, argument, many):
        return dataclasses.replace(
            field,
            kind="values" if many else "value",
            value_map=argument,
            reference=None,
            relation=field.relation,
        )

    def _field_binding(self, field, argument, many):
        return dataclasses.replace(
            field,
            kind="references" if many else "reference",
            reference=argument,
            value_map=None,
        )

    def _field_key(self, field, argument, many):
        relation, _dot, key = argument.rpartition(".")
        return dataclasses.replace(
            field,
            kind="keys" if many else "key",
            relation=relation,
            key=key,
            reference=None,
            value_map=None,
        )

    @api.model
    def _compile_chain(self, chain, timezone):
        """The steps on the way in, without the look-up at the end.

        :param chain: list of ``(technical name, argument)``
        :param timezone: of dates and times that name none
        :return: tuple of :class:`Step`
        """
        by_name = self._by_name()
        return tuple(
            Step(
                name,
                by_name[name].function,
                self._bound_argument(name, argument, timezone),
                on_null=by_name[name].on_null or by_name[name].always,
                always=by_name[name].always,
                whole=by_name[name].whole,
            )
            for name, argument in chain
            if not by_name[name].lookup
        )

    @api.model
    def _compile_back(self, chain, timezone):
        """The steps on the way out, in the order in which they are taken.

        :return: ``(tuple of Step, whether the result goes as it is)``
        """
        by_name = self._by_name()
        pure = [pair for pair in reversed(chain) if not by_name[pair[0]].lookup]
        steps = tuple(
            Step(
                name,
                by_name[name].inverse,
                self._bound_argument(name, argument, timezone),
            )
            for name, argument in pure
        )
        return steps, any(by_name[name].plain_back for name, _argument in pure)

    def _bound_argument(self, name, argument, timezone):
        if name == "date" and fmt.parse_date_argument(argument)[1] is None:
            return f"{argument or ''};{timezone}"
        return argument or None


@dataclasses.dataclass(slots=True)
class Step:
    """A step of a compiled chain; attributes as of ``engine.transforms.Transform``."""

    name: str
    function: object
    argument: str | None
    on_null: bool = False
    always: bool = False
    whole: bool = False

    def __call__(self, value, payload):
        if self.whole:
            return self.function(value, self.argument, payload)
        return self.function(value, self.argument)
