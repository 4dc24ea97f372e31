"""What HubSpot offers, and the first field map of each.

Property names: HubSpot's default properties of companies, contacts, deals, products,
https://developers.hubspot.com/docs/api-reference/crm-properties-v3
"""

from odoo.addons.connector_base.engine.records import MapLine, Stream

COMPANY_MAP = (
    MapLine("properties.name", "name"),
    MapLine("properties.domain", "domain", transforms=(("lower",),), direction="pull"),
    MapLine("properties.website", "website"),
    MapLine("properties.phone", "phone"),
    MapLine("properties.address", "street"),
    MapLine("properties.address2", "street2"),
    MapLine("properties.city", "city"),
    MapLine("properties.zip", "zip"),
    MapLine("properties.state", "state"),
    MapLine("properties.country", "country"),
    MapLine("properties.description", "description", owner="newest"),
    MapLine("properties.hubspot_owner_id", "owner"),
    MapLine("properties.hs_parent_company_id", "parent", direction="pull"),
)

CONTACT_MAP = (
    MapLine("properties.firstname", "first_name", transforms=(("trim",),)),
    MapLine("properties.lastname", "last_name", transforms=(("trim",),)),
    MapLine("properties.email", "email"),
    # Odoo's contacts have one phone number: the mobile one where there is no other.
    MapLine("properties.phone", "phone"),
    MapLine("properties.mobilephone", "phone", direction="pull"),
    MapLine("properties.jobtitle", "job"),
    MapLine("properties.website", "website"),
    MapLine("properties.address", "street"),
    MapLine("properties.city", "city"),
    MapLine("properties.zip", "zip"),
    MapLine("properties.state", "state"),
    MapLine("properties.country", "country"),
    MapLine("properties.hubspot_owner_id", "owner"),
    MapLine("associations.companies[0]", "company"),
)

DEAL_MAP = (
    MapLine("properties.dealname", "name"),
    MapLine("properties.amount", "amount"),
    MapLine("properties.deal_currency_code", "currency"),
    MapLine("properties.closedate", "close_date"),
    MapLine("properties.description", "description", owner="newest"),
    MapLine("properties.pipeline", "pipeline"),
    MapLine("properties.dealstage", "stage"),
    MapLine("properties.hs_is_closed", "is_closed", direction="pull"),
    MapLine("properties.hs_is_closed_won", "is_won", direction="pull"),
    MapLine("properties.closed_lost_reason", "lost_reason"),
    MapLine("properties.hubspot_owner_id", "owner"),
    MapLine("associations.companies[0]", "company"),
    MapLine("associations.contacts", "contacts"),
)

PRODUCT_MAP = (
    MapLine("properties.name", "name"),
    MapLine("properties.hs_sku", "sku"),
    MapLine("properties.price", "price"),
    MapLine("properties.hs_cost_of_goods_sold", "cost"),
    MapLine("properties.description", "description"),
)

STREAMS = (
    Stream("companies", "customer.company", "Companies", COMPANY_MAP, 10),
    Stream("contacts", "customer.contact", "Contacts", CONTACT_MAP, 20),
    Stream("products", "product", "Products", PRODUCT_MAP, 30),
    Stream("deals", "opportunity", "Deals", DEAL_MAP, 40),
)
