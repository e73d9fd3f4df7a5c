"""What servers and clients of the tests begin with, loaded once: their processes are forked from one that has it."""

import psycopg  # noqa: F401
import uvicorn.lifespan.on
import uvicorn.loops.uvloop
import uvicorn.protocols.http.httptools_impl  # noqa: F401

import runstone.bridge.importing
import runstone.bridge.mlflow_database
import runstone.server.listen
import runstone.stores.sql.compaction
import runstone.stores.sql.postgres.schema
import runstone.stores.sql.store  # noqa: F401
from runstone.server.app import ROUTES
from runstone.server.table import RouteTable

RouteTable(ROUTES)  # Python keeps the patterns that it compiles
