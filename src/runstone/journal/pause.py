"""For how long nobody tries again what has failed."""

from time import monotonic

from msgspec import Struct

LONGEST_S = 30.0


class Pause(Struct):
    """A time without a try that nobody asked for; longer each time.

    Attributes:
        seconds: How long it is; 0 while what is tried succeeds.
        until: When it is over, by the clock ``monotonic``.
    """

    seconds: float = 0.0
    until: float = 0.0

    def begin(self, seconds: float) -> None:
        """Begin one of so many seconds, of ``LONGEST_S`` at most."""
        self.seconds = min(LONGEST_S, seconds)
        self.until = monotonic() + self.seconds

    def begin_longer(self, least: float) -> None:
        """Begin one twice as long as the last, and of so many seconds at least."""
        self.begin(max(least, 2 * self.seconds))

    def end(self) -> None:
        """Note that what was tried has succeeded."""
        self.seconds = self.until = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether nobody is to try yet."""
        return monotonic() < self.until
