"""Routes by which clients go past the server to an object store, by addresses that the store signs."""

from runstone.artifacts.base import DirectRepository
from runstone.entities import ArtifactPath
from runstone.errors import InvalidValue, Unsupported
from runstone.schemas import artifacts as schema
from runstone.schemas.endpoint import Empty
from runstone.server.routes.artifacts import check_served
from runstone.server.routes.route import AnyRoute, Route, Stores

MOST_PARTS = 10_000


def create_multipart(stores: Stores, request: schema.CreateMultipart) -> schema.MultipartCreated:
    """Begin an upload in parts."""
    path = _file(request.artifact_path, request.path)
    if not 1 <= request.num_parts <= MOST_PARTS:
        raise InvalidValue(f"an upload has 1 to {MOST_PARTS} parts; got num_parts {request.num_parts}")
    store = _direct(stores, "Multipart upload")
    upload, urls = store.begin_upload(path, request.num_parts, sha256=request.sha256)
    return schema.MultipartCreated(upload, [schema.PartCredential(url, number) for number, url in enumerate(urls, 1)])


def complete_multipart(stores: Stores, request: schema.CompleteMultipart) -> Empty:
    """Make the file of its parts."""
    path = _file(request.artifact_path, request.path)
    parts = [(part.part_number, part.etag) for part in request.parts]
    _direct(stores, "Multipart upload").complete_upload(path, request.upload_id, parts)
    return Empty()


def abort_multipart(stores: Stores, request: schema.AbortMultipart) -> Empty:
    """Throw an upload in parts away."""
    path = _file(request.artifact_path, request.path)
    _direct(stores, "Multipart upload").abort_upload(path, request.upload_id)
    return Empty()


def get_presigned(stores: Stores, request: schema.GetPresigned) -> schema.PresignedDownload:
    """Get an address of a file in the store itself."""
    path = ArtifactPath(request.artifact_path)
    url, size = _direct(stores, "Presigned download").presigned_download(path)
    return schema.PresignedDownload(url, {}, size)


def _file(folder: str, path: str) -> ArtifactPath:
    """The file that an upload is of: MLflow's clients of any system send its local path, which ends with its name."""
    return ArtifactPath(folder) / path.replace("\\", "/").rpartition("/")[2]


def _direct(stores: Stores, what: str) -> DirectRepository:
    check_served(stores)
    if not isinstance(stores.artifacts, DirectRepository):
        raise Unsupported(f"{what} is not supported where the server keeps artifacts; send and fetch files whole")
    return stores.artifacts


ROUTES: tuple[AnyRoute, ...] = (
    Route(schema.CREATE_MULTIPART, create_multipart, waits=True),
    Route(schema.COMPLETE_MULTIPART, complete_multipart, waits=True),
    Route(schema.ABORT_MULTIPART, abort_multipart, waits=True),
    Route(schema.GET_PRESIGNED, get_presigned, waits=True),
)
