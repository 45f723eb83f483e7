"""Where a model's file comes from: `file:`, `hf:`, `s3:` or `pypi:`, checked before it is used."""

from services.triage.engines.sources.address import Source, SourceError, source
from services.triage.engines.sources.fetching import Progress, fetch

__all__ = ["Progress", "Source", "SourceError", "fetch", "source"]
