from .stripe import provider, sentences
