from . import connector_customer_standing
from . import connector_standing_mark
from . import connector_standing_source
from . import connector_standing_compute
from . import res_company
from . import res_partner
from . import connector_entitlement
from . import res_partner_entitlement
