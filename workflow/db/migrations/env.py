"""Alembic's entry: the connection is handed over by `workflow.db.schema.upgrade`."""

from alembic import context

from workflow.db.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
