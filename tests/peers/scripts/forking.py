"""A Python that has loaded what its scripts need, and runs each of them in a fork of itself.

Arguments: the modules to load. Each line of input is the JSON of one script: ``arguments`` as for ``python``, a
``folder``, an ``environment``, and the files ``stdout`` and ``stderr``. Two lines answer it: the number of its process,
and at its end its exit code.
"""

import gc
import importlib
import json
import os
import runpy
import sys
import types
from pathlib import Path
from typing import Any


def main() -> None:
    """Fork for each line, until there is no more."""
    del sys.path[0]  # this script's folder
    with os.fdopen(os.dup(1), "w", buffering=1) as told:
        os.dup2(2, 1)  # what a module says is no answer
        for name in sys.argv[1:]:
            importlib.import_module(name)
        gc.freeze()
        while line := sys.stdin.readline():
            child = os.fork()
            if child == 0:
                asked = json.loads(line)
                break
            told.write(f"{child}\n")
            told.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        else:
            return
    become(asked)
    run(*asked["arguments"])


def become(asked: dict[str, Any]) -> None:
    """Be in the place, and have the files and the environment, that a process of its own would have."""
    for number, name in ((0, os.devnull), (1, asked["stdout"]), (2, asked["stderr"])):
        file = os.open(name, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))


def run(first: str, *arguments: str) -> None:
    """Run a script as its first argument says: `-c CODE`, `-m MODULE` or `SCRIPT`."""
    if first == "-c":
        sys.argv = ["-c", *arguments[1:]]
        sys.path.insert(0, "")
        sys.modules["__main__"] = types.ModuleType("__main__")
        exec(arguments[0], vars(sys.modules["__main__"]))  # the code is that of a test
    elif first == "-m":
        sys.argv = list(arguments)
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *arguments]
        sys.path.insert(0, str(Path(first).resolve().parent))
        runpy.run_path(first, run_name="__main__")


main()
