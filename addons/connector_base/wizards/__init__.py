from . import connector_record_panel
from . import connector_job_edit
from . import connector_replay
from . import connector_lock
