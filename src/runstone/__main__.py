"""``python -m runstone`` is the command line."""

from runstone.cli.main import main

# The processes of a server with several workers import this module again, by another name.
if __name__ == "__main__":
    main(prog_name="runstone")
