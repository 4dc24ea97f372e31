from . import base_partner_merge
from . import connector_subscription_at
from . import connector_fix_billing
from . import connector_subscription_change_wizard
from . import connector_settlement_import
