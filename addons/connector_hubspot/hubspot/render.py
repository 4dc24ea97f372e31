"""How HubSpot wants the values of properties: texts, and dates in milliseconds.

https://developers.hubspot.com/docs/api-reference/crm-properties-v3: an empty text
clears a property; dates are midnight UTC; several values are separated by semicolons.
"""

import functools

import babel

from odoo.addons.connector_base.engine.normalize import country_code
from odoo.addons.connector_base.engine.render import milliseconds, write_value


def property_value(kind, value):
    """A canonical value as the text that a property holds.

    :param kind: type of the entity field, see ``engine.values``
    """
    if value is None or value == "":
        return ""
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("date", "datetime"):
        return str(milliseconds(value))
    if kind == "country":
        return country_name(value)
    if isinstance(value, list | tuple):
        return ";".join(map(str, value))
    return str(write_value(kind, value))


@functools.cache
def country_name(code):
    """The English name of a country, as people at HubSpot write it.

    The code stays where the name would be read as another country, or as none.
    """
    name = babel.Locale.parse("en").territories.get(code)
    return name if name and country_code(name) == code else code
