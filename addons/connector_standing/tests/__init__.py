from . import test_standing
from . import test_suspension
from . import test_order_entitlement
from . import test_audit_standing
