"""Work on tasks: deputies, relatives, recusals, broken glass, look-up keys of cases, priority, other offices' tasks."""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Without parameters the driver leaves percent signs alone and takes many statements at once.
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("Who stood in for whom is not thrown away; restore a backup instead.")
