"""What another thread does, so that whoever waits for it can stop waiting."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread


def begin(action: Callable[[], object]) -> Future[None]:
    """Let a thread of its own do something, which goes on to do it where nobody waits any more.

    Raises:
        RuntimeError: The interpreter ends, and begins no thread.
    """
    done: Future[None] = Future()

    def act() -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001  # for whoever waits
            done.set_exception(error)
        else:
            done.set_result(None)

    Thread(target=act, name="runstone-flush", daemon=True).start()
    return done
