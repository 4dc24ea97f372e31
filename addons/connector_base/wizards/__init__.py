from . import connector_record_panel
from . import connector_job_edit
from . import connector_replay
from . import connector_map_compare
from . import connector_map_decide
from . import connector_map_import
from . import connector_map_preview
from . import connector_lock
