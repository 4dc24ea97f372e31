from . import test_standing
from . import test_suspension
