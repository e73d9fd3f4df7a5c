"""What kind of file an artifact is, told from its name."""

import mimetypes

from runstone.entities import ArtifactPath

_UNKNOWN = "application/octet-stream"
_GZIP = "gzip"


def media_type(path: ArtifactPath) -> str:
    """The media type of a file, as stores and servers name it.

    Of a file that was packed it is that of the packed bytes, not of what is inside.

    Example:
        >>> media_type(ArtifactPath("rows.csv")), media_type(ArtifactPath("rows.csv.gz"))
        ('text/csv', 'application/gzip')
    """
    kind, packing = mimetypes.guess_type(path.name)
    if packing is not None:
        return "application/gzip" if packing == _GZIP else _UNKNOWN
    return kind or _UNKNOWN
