from . import connector_job
from . import connector_lane
