"""The files of the web page, held in memory: some hundred kilobytes that never change while the server runs."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent / "static"
_LEAST_GZIP = 1024
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)
_PAGE_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
# The names of assets hold a hash of their content: another content has another name.
_ASSET_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}
NOT_BUILT = "The web page is not part of this installation: run `make web` in the source tree. The API works.\n"


@dataclass(frozen=True)
class File:
    """One file of the page.

    Attributes:
        name: Path below the page's root.
        content: Its bytes.
    """

    name: str
    content: bytes

    @cached_property
    def kind(self) -> str:
        """The media type."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @cached_property
    def tag(self) -> str:
        """A quoted word that stands for the content, compressed or not, which makes it a weak one (RFC 9110, 8.8.1)."""
        return f'W/"{hashlib.sha256(self.content).hexdigest()[:32]}"'

    @cached_property
    def gzipped(self) -> bytes:
        """The content compressed; as it is where that gains nothing."""
        packed = gzip.compress(self.content, mtime=0) if len(self.content) >= _LEAST_GZIP else self.content
        return packed if len(packed) < len(self.content) else self.content

    def answer(self, request: Request) -> Response:
        """The file, compressed where the browser takes that, or 304 where it has it already."""
        headers = _ASSET_HEADERS if self.name.startswith("assets/") else _PAGE_HEADERS
        headers = {**headers, "ETag": self.tag, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if self.tag in map(str.strip, request.headers.get("if-none-match", "").split(",")):
            return Response(status_code=304, headers=headers)
        content = self.content
        if "gzip" in request.headers.get("accept-encoding", "") and self.gzipped is not self.content:
            headers["Content-Encoding"] = "gzip"
            content = self.gzipped
        return Response(content, headers=headers, media_type=self.kind)


def load_files(folder: Path = STATIC) -> dict[str, File]:
    """The files below a folder by name; none where the page was not built."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {file.name: file for file in (File(p.relative_to(folder).as_posix(), p.read_bytes()) for p in found)}
