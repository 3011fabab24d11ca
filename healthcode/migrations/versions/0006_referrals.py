"""Referrals

Revision ID: 0006_referrals
Revises: 0005_notices
"""

import sqlalchemy as sa
from alembic import op

revision = '0006_referrals'
down_revision = '0005_notices'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('referrals',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('from_institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('to_institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('department_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('referred_by', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('direction', sa.String(length=64), nullable=False),
    sa.Column('urgency', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('is_virtual', sa.Boolean(), nullable=False),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('summary_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('decided_reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('answers_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['answers_id'], ['referrals.id'], name=op.f('fk_referrals_answers_id')),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_referrals_appointment_id')),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_referrals_department_id')),
    sa.ForeignKeyConstraint(['from_institution_id'], ['institutions.id'], name=op.f('fk_referrals_from_institution_id')),
    sa.ForeignKeyConstraint(['referred_by'], ['staff.id'], name=op.f('fk_referrals_referred_by')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_referrals_resident_id')),
    sa.ForeignKeyConstraint(['to_institution_id'], ['institutions.id'], name=op.f('fk_referrals_to_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referrals'))
    )
    with op.batch_alter_table('referrals', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referrals_answers_id'), ['answers_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referrals_appointment_id'), ['appointment_id'], unique=False)
        batch_op.create_index('ix_referrals_from_institution_id_state', ['from_institution_id', 'state'], unique=False)
        batch_op.create_index('ix_referrals_resident_id_state', ['resident_id', 'state'], unique=False)
        batch_op.create_index('ix_referrals_state_due_at', ['state', 'due_at'], unique=False)
        batch_op.create_index('ix_referrals_to_institution_id_state', ['to_institution_id', 'state'], unique=False)

    op.create_table('referral_changes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('referral_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['referral_id'], ['referrals.id'], name=op.f('fk_referral_changes_referral_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_referral_changes'))
    )
    with op.batch_alter_table('referral_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_changes_referral_id'), ['referral_id'], unique=False)
        batch_op.create_index('ix_referral_changes_state_at', ['state', 'at'], unique=False)

    keep_rows('referral_changes')


def keep_rows(name: str) -> None:
    """The database itself sees to it that rows stay as they were written."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {name}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{name} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
        f"FOR EACH ROW EXECUTE FUNCTION {name}_is_append_only()"
    )


def downgrade() -> None:
    with op.batch_alter_table('referral_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_referral_changes_state_at')
        batch_op.drop_index(batch_op.f('ix_referral_changes_referral_id'))

    op.drop_table('referral_changes')
    with op.batch_alter_table('referrals', schema=None) as batch_op:
        batch_op.drop_index('ix_referrals_to_institution_id_state')
        batch_op.drop_index('ix_referrals_state_due_at')
        batch_op.drop_index('ix_referrals_resident_id_state')
        batch_op.drop_index('ix_referrals_from_institution_id_state')
        batch_op.drop_index(batch_op.f('ix_referrals_appointment_id'))
        batch_op.drop_index(batch_op.f('ix_referrals_answers_id'))

    op.drop_table('referrals')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION referral_changes_is_append_only()")
