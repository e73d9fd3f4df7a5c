"""The first file that a worker runs, by its path: ``python -I start.py FOLDER``.

It runs in the environment of a model, which has no Runstone, or another one; so it brings the one that it is a part of.
"""

import importlib.util
import sys
from pathlib import Path


def _bring_runstone() -> None:
    package = Path(__file__).resolve().parent.parent
    spec = importlib.util.spec_from_file_location(
        "runstone", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["runstone"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


if __name__ in {"__main__", "__mp_main__"}:  # the second in processes that a model's code starts by multiprocessing
    _bring_runstone()
if __name__ == "__main__":
    importlib.import_module("runstone.workers.worker").main(sys.argv[1])
