"""Alembic's entry: one transaction for all outstanding migrations and the live views, as the administrator."""

from alembic import context
from sqlalchemy import NullPool, create_engine, text

from core import db
from warehouse import live_views

engine = create_engine(db.admin_url().replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)

with engine.connect() as connection:
    connection.execute(text("create schema if not exists audit"))
    connection.commit()
    context.configure(connection=connection, version_table="alembic_version", version_table_schema="audit")
    with context.begin_transaction():
        context.run_migrations()
        live_views.make(lambda sql: connection.exec_driver_sql(sql, execution_options={"no_parameters": True}))
