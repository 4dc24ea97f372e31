from . import test_lane_runner
from . import test_turn
from . import test_neutralize
