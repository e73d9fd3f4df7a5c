"""The child process in which the Python blocks of one page run: one namespace, block after block.

Reads one JSON object a line from standard input (``{"name": ..., "code": ...}``) and answers each with one line on the
file descriptor named by its argument: ``{"output": ..., "error": ...}``.
"""

import contextlib
import io
import json
import linecache
import os
import sys
import traceback
from types import ModuleType


def main() -> None:
    """Run blocks until standard input ends."""
    answers = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    page = ModuleType("__main__")
    sys.modules["__main__"] = page
    sys.path.insert(0, "")
    for line in sys.stdin:
        asked = json.loads(line)
        output, error = run(asked["code"], asked["name"], page)
        answers.write(json.dumps({"output": output, "error": error}) + "\n")
        answers.flush()


def run(code: str, name: str, page: ModuleType) -> tuple[str, str]:
    """Run one block in the namespace of the page; returns what it printed, and a traceback or an empty text."""
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(code, name, "exec"), page.__dict__)
    except (Exception, SystemExit):  # noqa: BLE001 - whatever a block raises is what the answer tells
        return printed.getvalue(), traceback.format_exc()
    return printed.getvalue(), ""


if __name__ == "__main__":
    main()
