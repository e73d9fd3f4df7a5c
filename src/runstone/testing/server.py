"""A real server in this process, for suites that talk to one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
    server = uvicorn.Server(settings(alone, application=alone.application))
    thread = threading.Thread(target=server.run, args=([sock],), name="runstone-test-server")
    thread.start()
    try:
        Transport(address_of(sock)).send("GET", "/health")
        yield address_of(sock)
    finally:
        server.should_exit = True
        thread.join()
        sock.close()
