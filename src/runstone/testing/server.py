"""A real server in this process, for suites that talk to one."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

import uvicorn

from runstone.server.listen import ServerOptions, address_of, bind, settings
from runstone.transport import Transport


@contextmanager
def running_server(options: ServerOptions) -> Iterator[str]:
    """Serve in a thread while the block runs.

    Args:
        options: What is served; the port is not used, a free one is.

    Yields:
        The address.
    """
    sock = bind(options.host, 0)
    alone = replace(options, workers=1)
    server = _Server(settings(alone, application=alone.application))
    thread = threading.Thread(target=server.run, args=([sock],), name="runstone-test-server")
    thread.start()
    try:
        Transport(address_of(sock)).send("GET", "/health")
        yield address_of(sock)
    finally:
        server.end()
        thread.join()
        sock.close()


class _Server(uvicorn.Server):
    """Ends as soon as it is told to: uvicorn's own looks every tenth of a second, twice, and suites start hundreds."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Ask it to end; any thread may."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._ending.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        ticking, ending = asyncio.create_task(super().main_loop()), asyncio.create_task(self._ending.wait())
        await asyncio.wait({ticking, ending}, return_when=asyncio.FIRST_COMPLETED)
        ticking.cancel()
        ending.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for listening in self.servers:
            listening.close()
        for sock in sockets or []:
            sock.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:
                    await asyncio.sleep(0.001)
        await self.lifespan.shutdown()
