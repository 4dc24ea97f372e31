from . import salesforce
from . import models
