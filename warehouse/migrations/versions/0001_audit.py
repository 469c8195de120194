"""Schemas, audit tables and the least rights of each role."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Apply 0001_audit.sql: plain SQL reads better than operations for a database made of schemas and grants."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
