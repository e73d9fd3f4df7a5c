"""Without a library that only some users have, the error names it and the way out."""

import subprocess
import sys

import pytest

CASES = {
    "PIL": "from runstone.media import images; images.to_pil(object())",
    "yaml": "from runstone.media import documents; documents.encode({}, '.yaml')",
    "pandas": "from runstone.media import tables; tables.to_frame({})",
}
INSTALL = {"PIL": "pip install pillow", "yaml": "pip install pyyaml", "pandas": "pip install pandas"}


@pytest.mark.parametrize("library", CASES)
def test_missing_library_is_named_with_the_way_out(library: str) -> None:
    script = f"import sys; sys.modules[{library!r}] = None; {CASES[library]}"

    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)

    last_line = ended.stderr.splitlines()[-1]
    assert last_line.startswith("runstone.errors.Unsupported")
    assert INSTALL[library] in last_line
