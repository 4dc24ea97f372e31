from . import connector_record_panel
from . import connector_record_trail
from . import connector_record_reason
from . import connector_job_edit
from . import connector_replay
