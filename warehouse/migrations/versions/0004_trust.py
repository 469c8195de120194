"""What publications need to be restored and rebuilt, withdrawn batches, and words for readers on a blocked night."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply 0004_trust.sql."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
