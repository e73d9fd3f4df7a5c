"""No shell, no unpickling, no evaluation of text in what ships."""

import ast
from pathlib import Path

import pytest

# What reads a pickle that it made itself, by the name of the file.
OWN_PICKLES = {"testing/flavors.py"}  # from the child process that it started
SOURCES = sorted((Path(__file__).parents[2] / "src").rglob("*.py"))
FORBIDDEN = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "pickle.load",
    "pickle.loads",
    "marshal.loads",
    "shelve.open",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "tempfile.mktemp",
    "yaml.load",
    "joblib.load",
    "numpy.load",
    "np.load",
}


def dangers(tree: ast.AST) -> list[str]:
    """Calls that run or revive what somebody else wrote."""
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        has_shell = any(word.arg == "shell" and ast.unparse(word.value) != "False" for word in call.keywords)
        is_ours = name == "exec" and len(call.args) == 1 and isinstance(call.args[0], ast.Constant)
        if (name in FORBIDDEN and not is_ours) or has_shell:
            found.append(f"line {call.lineno}: {ast.unparse(call)[:80]}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_source_runs_nobody_elses_code(path: Path) -> None:
    found = dangers(ast.parse(path.read_text()))

    if path.as_posix().endswith(tuple(OWN_PICKLES)):
        found = [each for each in found if "pickle.loads((tmp_path" not in each]
    assert found == []


def test_text_that_stands_in_the_source_is_nobody_elses() -> None:
    assert dangers(ast.parse("exec('raise KeyboardInterrupt')")) == []
    assert len(dangers(ast.parse("exec(f'raise {error}')\nexec('x', names)"))) == 2


@pytest.mark.parametrize(
    "text", ["eval(x)", "exec(x)", "os.system(x)", "subprocess.run(x, shell=True)", "pickle.loads(x)"]
)
def test_the_check_sees_what_it_looks_for(text: str) -> None:
    assert len(dangers(ast.parse(text))) == 1
