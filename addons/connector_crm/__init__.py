from . import entities
from . import models
from . import processes
from . import wizards
