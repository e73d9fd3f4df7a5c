"""From the thread that writes to the loop: many outcomes with one wake, because a wake costs more than an outcome."""

import asyncio
from collections import deque
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Outcomes:
    """Brings what changes came to, to those on one loop who wait for it.

    Changes that are committed together are told one after the other by a thread that holds the interpreter meanwhile;
    the first of them wakes the loop, which finds them all.
    """

    def __init__(self) -> None:
        self._told: deque[tuple[asyncio.Future[Any], Future[Any]]] = deque()
        self._is_waking = False

    async def of(self, change: "Future[T]") -> T:
        """What a change comes to; whoever stops waiting takes it back, if it has not begun.

        Raises:
            Exception: What the change raised.
        """
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[T] = loop.create_future()
        change.add_done_callback(lambda done: self._tell(loop, waiter, done))
        try:
            return await waiter
        except asyncio.CancelledError:
            change.cancel()
            raise

    def _tell(self, loop: asyncio.AbstractEventLoop, waiter: "asyncio.Future[T]", done: "Future[T]") -> None:
        # Appended before the look, and looked through after the mark is gone: nothing is left lying.
        self._told.append((waiter, done))
        if not self._is_waking and not loop.is_closed():
            self._is_waking = True
            loop.call_soon_threadsafe(self._hand_out)

    def _hand_out(self) -> None:
        self._is_waking = False
        told = self._told
        while told:
            waiter, done = told.popleft()
            if waiter.done():
                continue  # nobody waits any more
            error = done.exception()
            if error is None:
                waiter.set_result(done.result())
            else:
                waiter.set_exception(error)
