from . import connector_fix_billing
from . import connector_settlement_import
