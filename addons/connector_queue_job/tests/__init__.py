from . import test_lane_runner
from . import test_turn
