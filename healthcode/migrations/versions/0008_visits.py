"""Where the visit was that opened a bill: coming again to the same department costs less.

Revision ID: 0008_visits
Revises: 0007_bills
"""

import sqlalchemy as sa
from alembic import op

revision = "0008_visits"
down_revision = "0007_bills"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bills", sa.Column("department_id", sa.Uuid(as_uuid=False), nullable=True))


def downgrade() -> None:
    op.drop_column("bills", "department_id")
