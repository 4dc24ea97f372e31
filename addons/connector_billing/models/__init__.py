from . import connector_billing_policy
