"""Tells webhooks what they are to be told, beside the requests."""

import logging
import random
import threading
import time

from runstone import config
from runstone.egress import Egress, from_settings
from runstone.errors import BackendUnavailable, RunstoneError
from runstone.stores.telling import send
from runstone.stores.webhooks import Delivery, DeliveryQueue

_log = logging.getLogger("runstone.webhooks")

_SENDERS = 8
_LOOK_EVERY_S = 0.25
_AFTER_TROUBLE_S = 5
_STOPS_WITHIN_S = 3
# A try that is not settled by then was that of a server that has ended: others take it.
_LEASE_S = 30
_GROWTH = 4
_LONGEST_WAIT_S = 3600
_TRY_AGAIN = 429


class Courier:
    """A thread that looks for deliveries, and some that make them.

    Each webhook is told one thing at a time, so that a slow one keeps no other waiting.
    """

    def __init__(self, queue: DeliveryQueue, *, egress: Egress | None = None, first_wait_s: float = 2) -> None:
        """Prepare; nothing is started yet.

        Args:
            queue: What is to be told.
            egress: The way out; as the settings have it if ``None``.
            first_wait_s: Seconds until the second try, at most; each further wait is four times as long.
        """
        self._queue = queue
        self._egress = egress or from_settings()
        self._first_wait_s = first_wait_s
        self._retries = config.WEBHOOK_REQUEST_MAX_RETRIES.required()
        self._lease_s = config.WEBHOOK_REQUEST_TIMEOUT.required() + _LEASE_S
        self._busy: dict[int, threading.Thread] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._is_stopped = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look for deliveries."""
        self._thread = threading.Thread(target=self._look, name="runstone-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more, and wait a little for the tries under way; what is not settled then is told again."""
        self._is_stopped = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        end = time.monotonic() + _STOPS_WITHIN_S
        with self._lock:
            under_way = list(self._busy.values())
        for thread in under_way:
            thread.join(max(0.0, end - time.monotonic()))

    def _look(self) -> None:
        while not self._is_stopped:
            pause = _LOOK_EVERY_S
            try:
                self._take()
            except Exception as error:  # noqa: BLE001  # the database may be back later
                _log.warning("deliveries of webhooks cannot be looked for: %s", error)
                pause = _AFTER_TROUBLE_S
            self._wake.wait(pause)
            self._wake.clear()

    def _take(self) -> None:
        with self._lock:
            busy = set(self._busy)
        if len(busy) == _SENDERS:
            return
        for delivery in self._queue.claim_deliveries(lease_s=self._lease_s, busy=busy, most=_SENDERS - len(busy)):
            thread = threading.Thread(target=self._deliver, args=(delivery,), name="runstone-webhook", daemon=True)
            with self._lock:
                self._busy[delivery.webhook] = thread
            thread.start()

    def _deliver(self, delivery: Delivery) -> None:
        try:
            error, may_help = self._try(delivery)
            if not error:
                self._queue.settle_delivery(delivery)
                return
            again_in_s = self._wait(delivery.attempt) if may_help and delivery.attempt <= self._retries else None
            self._queue.settle_delivery(delivery, error=error, again_in_s=again_in_s)
            if again_in_s is None:
                _log.warning("delivery %s of a webhook is given up: %s", delivery.delivery_id, error)
        except Exception as error:  # noqa: BLE001  # it is taken again when its lease has ended
            _log.warning("delivery %s of a webhook is not settled: %s", delivery.delivery_id, error)
        finally:
            with self._lock:
                del self._busy[delivery.webhook]
            self._wake.set()

    def _try(self, delivery: Delivery) -> tuple[str, bool]:
        """What went wrong, empty for nothing, and whether trying again may help."""
        if delivery.problem:
            return delivery.problem, False
        try:
            reply = send(self._egress, delivery)
        except RunstoneError as error:
            return error.message, isinstance(error, BackendUnavailable)
        if reply.is_success:
            return "", False
        return f"the receiver answered {reply.status}", reply.status == _TRY_AGAIN or reply.status >= 500

    def _wait(self, attempt: int) -> float:
        """Seconds until the next try: longer each time, and not the same for all who wait for one receiver."""
        longest: float = min(self._first_wait_s * _GROWTH ** min(attempt - 1, 10), _LONGEST_WAIT_S)
        return longest * random.uniform(0.5, 1)  # noqa: S311  # no secret
