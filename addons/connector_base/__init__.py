from . import engine
from . import providers
from . import entities
from . import models
from . import controllers
from . import wizards
from .hooks import uninstall_hook
