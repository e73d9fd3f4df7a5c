"""The verbs of the module: as those of ``Client``, but the run and the experiment may be left out."""
