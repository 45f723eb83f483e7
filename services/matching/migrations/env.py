from services.matching.schema import metadata
from shared.migration import run

run("matching", metadata)
