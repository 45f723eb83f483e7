from services.sync.schema import metadata
from shared.migration import run

run("sync", metadata)
