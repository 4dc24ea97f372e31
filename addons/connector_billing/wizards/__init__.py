from . import connector_subscription_at
from . import connector_subscription_change_wizard
