"""For type checkers and editors: `runstone.pyfunc` is put in its place when the program runs."""

from runstone.client.fluent.pyfunc import *  # noqa: F403 - what is there is all of it
