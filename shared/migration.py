"""The body of every owner's alembic environment."""

from alembic import context
from sqlalchemy import Connection, MetaData


def run(owner: str, metadata: MetaData) -> None:
    """Apply one owner's migrations on the connection that the caller put into the configuration."""
    connection = context.config.attributes["connection"]
    assert isinstance(connection, Connection)  # noqa: S101 - the caller's part of the bargain
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=owner,
        include_schemas=True,
        include_name=lambda name, kind, _: kind != "schema" or name == owner,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
