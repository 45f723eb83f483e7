from services.triage.schema import metadata
from shared.migration import run

run("triage", metadata)
