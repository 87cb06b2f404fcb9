"""Alembic's entry: runs the revisions on the connection that db/migrate.py hands over."""

from alembic import context

with_connection = context.config.attributes["connection"]
context.configure(connection=with_connection, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
