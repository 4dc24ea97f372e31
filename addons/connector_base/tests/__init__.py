from . import test_access
from . import test_connection
from . import test_credential
from . import test_field_map
from . import test_job_errors
from . import test_job_queue
from . import test_job_workers
from . import test_pull
