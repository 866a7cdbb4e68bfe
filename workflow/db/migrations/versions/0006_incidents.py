"""Open incidents, so that people find them without looking through all cases."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("Incidents are not forgotten; restore a backup instead.")
