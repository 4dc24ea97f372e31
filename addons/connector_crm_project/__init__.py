from . import models
from . import processes
