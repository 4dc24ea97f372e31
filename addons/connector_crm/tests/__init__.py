from . import test_opportunity
from . import test_opportunity_amount
from . import test_opportunity_merge
from . import test_opportunity_exception
from . import test_opportunity_outcome
from . import test_opportunity_push
from . import test_opportunity_vanished
from . import test_standing
