"""What was loaded and published has a checksum that it is held against when it is used."""

from pathlib import Path

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Apply 0019_compared.sql."""
    statements = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(statements, execution_options={"no_parameters": True})
