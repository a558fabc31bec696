"""Alembic's entry: runs the steps over the connection, and inside the transaction, that the store already has."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=False)
context.run_migrations()
