from . import test_mirror
