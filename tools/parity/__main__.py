"""``python -m tools.parity`` prints both surfaces and what is wrong with the table; 1 if something is."""

import sys

import runstone
from tools.parity import surface


def main() -> int:
    """Print the table and its problems."""
    table = surface.read()
    width = max(map(len, table), default=0)
    for name, entry in sorted(table.items()):
        print(f"{name:<{width}}  {entry.get('r') or 'missing: ' + entry.get('missing', '')}")
    found = list(surface.problems(runstone.__all__, table))
    for problem in found:
        print(f"problem: {problem}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
