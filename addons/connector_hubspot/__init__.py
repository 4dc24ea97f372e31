from . import hubspot
from . import models
