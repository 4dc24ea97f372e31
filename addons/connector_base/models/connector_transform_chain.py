import dataclasses

from odoo import api, models
from odoo.exceptions import ValidationError

from ..engine import transforms_format as fmt
from ..engine.transforms import ANY, LIST, PLAIN


@dataclasses.dataclass(slots=True)
class Step:
    """A step of a compiled chain; attributes as of ``engine.transforms.Transform``."""

    name: str
    function: object
    argument: str | None
    on_null: bool = False
    always: bool = False
    whole: bool = False


class ConnectorTransform(models.AbstractModel):
    """Chains of transforms: what is refused when saved, and the compiled form."""

    _inherit = "connector.transform"

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
        known = [stream.entity for stream in connection._streams()]
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
        name, argument = chain[-1] if chain else (None, None)
        if not argument or not self._by_name()[name].lookup:
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
        by_name = self._by_name() if chain else {}
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
        by_name = self._by_name() if chain else {}
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
