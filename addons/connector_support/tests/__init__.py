from . import test_ticket
from . import test_comment
from . import test_rule
from . import test_rule_money
from . import test_service_level
from . import test_context
from . import test_rule_customer
