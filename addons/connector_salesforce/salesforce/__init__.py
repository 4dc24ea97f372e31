from . import streams
