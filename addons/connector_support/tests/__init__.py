from . import test_ticket
from . import test_comment
from . import test_rule
from . import test_rule_money
