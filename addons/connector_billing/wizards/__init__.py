from . import connector_subscription_at
