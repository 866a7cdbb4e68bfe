"""The first schema: tables, append-only history, claim, roles' rights and row-level security."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("The first schema has nothing before it; restore a backup instead.")
