from services.auth.schema import metadata
from shared.migration import run

run("auth", metadata)
