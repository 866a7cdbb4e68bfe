"""The line: cases that wait for a place, in the order in which they came."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("Who waits is not forgotten; restore a backup instead.")
