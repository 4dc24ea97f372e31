from . import connector_support_rule
from . import connector_support_work
from . import project_task
