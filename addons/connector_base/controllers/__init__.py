from . import webhook
from . import field_map
from . import audit
from . import monitoring
from . import oauth
from . import config
