"""``runstone sync`` in this process."""

from click.testing import CliRunner

from runstone.cli.main import main


def sync(*arguments: str) -> tuple[int, str]:
    """Exit code and output of a command."""
    done = CliRunner().invoke(main, [*arguments])
    return done.exit_code, done.output
