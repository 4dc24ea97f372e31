from . import test_job_errors
from . import test_job_queue
from . import test_pull
