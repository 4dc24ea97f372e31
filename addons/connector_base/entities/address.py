from ..engine.fields import EntityField


def address_fields(entity):
    """Street to country, called as Odoo calls them wherever somebody has an address.

    :param entity: the entity that has it
    :return: list of ``EntityField``
    """
    _ = entity.env._
    return [
        EntityField("street", "char", _("Street"), "street", pii=True),
        EntityField("street2", "char", _("Street 2"), "street2", pii=True),
        EntityField("city", "char", _("City"), "city"),
        EntityField("zip", "char", _("Postal Code"), "zip"),
        EntityField("state", "state", _("State"), "state_id"),
        EntityField("country", "country", _("Country"), "country_id", lenient=True),
    ]
