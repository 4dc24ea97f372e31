from . import connector_fix_billing
