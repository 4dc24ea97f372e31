from . import controllers
from . import entities
from . import models
from . import providers
from . import wizards
