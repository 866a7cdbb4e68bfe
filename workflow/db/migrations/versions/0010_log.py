"""The log that seals histories, its checkpoints and their time stamps."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("What is sealed is not forgotten; restore a backup instead.")
