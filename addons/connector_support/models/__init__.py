from . import connector_support_policy
from . import connector_connection
from . import connector_ticket
from . import connector_partner_alias
from . import connector_exception_support
from . import connector_ticket_report
from . import res_partner_support
from . import sale_order_support
