"""Draws, places kept for referrals, and appeals against a missed appointment

Revision ID: 0003_draws_and_quotas
Revises: 0002_appointments
"""

import sqlalchemy as sa
from alembic import op

revision = '0003_draws_and_quotas'
down_revision = '0002_appointments'
branch_labels = None
depends_on = None

# What was there before has no draw and keeps no places.
_NONE = {"nullable": False, "server_default": sa.text("0")}


def upgrade() -> None:
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.add_column(sa.Column('has_draw', sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column('kept_for_referrals', sa.Integer(), **_NONE))
        batch_op.add_column(sa.Column('kept_until_hours', sa.Integer(), **_NONE))
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.add_column(sa.Column('draws_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('kept', sa.Integer(), **_NONE))
        batch_op.add_column(sa.Column('kept_until', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_check_constraint(batch_op.f('ck_slots_kept'), 'kept >= 0')
        batch_op.create_index(batch_op.f('ix_slots_draws_at'), ['draws_at'], unique=False)
    with op.batch_alter_table('appointments', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lot', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('device', sa.LargeBinary(length=32), nullable=True))
        batch_op.create_index('ix_appointments_device_created_at', ['device', 'created_at'], unique=False)

    op.create_table('appeals',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('text', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_excused', sa.Boolean(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('decided_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_appeals_appointment_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_appeals_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_appeals_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appeals')),
    sa.UniqueConstraint('appointment_id', name=op.f('uq_appeals_appointment_id'))
    )
    with op.batch_alter_table('appeals', schema=None) as batch_op:
        batch_op.create_index('ix_appeals_institution_id_is_excused', ['institution_id', 'is_excused'], unique=False)


def downgrade() -> None:
    op.drop_table('appeals')
    with op.batch_alter_table('appointments', schema=None) as batch_op:
        batch_op.drop_index('ix_appointments_device_created_at')
        batch_op.drop_column('device')
        batch_op.drop_column('lot')
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slots_draws_at'))
        batch_op.drop_constraint(batch_op.f('ck_slots_kept'), type_='check')
        batch_op.drop_column('kept_until')
        batch_op.drop_column('kept')
        batch_op.drop_column('draws_at')
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_column('kept_until_hours')
        batch_op.drop_column('kept_for_referrals')
        batch_op.drop_column('has_draw')
