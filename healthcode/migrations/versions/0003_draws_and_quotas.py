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

def upgrade() -> None:
    # No table is copied: on SQLite a copy would drop one that others name.
    op.add_column('schedules', sa.Column('has_draw', sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column('schedules', sa.Column('kept_for_referrals', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('schedules', sa.Column('kept_until_hours', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('schedules', sa.Column('more_due_on', sa.Date(), nullable=True))
    op.create_index('ix_schedules_more_due_on', 'schedules', ['more_due_on'], unique=False)
    op.execute("UPDATE schedules SET more_due_on = from_on")  # the worker looks, and makes what is missing
    op.add_column('slots', sa.Column('draws_at', sa.DateTime(timezone=True), nullable=True))
    op.execute('ALTER TABLE slots ADD COLUMN kept INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_slots_kept CHECK (kept >= 0)')
    op.add_column('slots', sa.Column('kept_until', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_slots_draws_at', 'slots', ['draws_at'], unique=False)
    op.create_index('ix_slots_kept_until', 'slots', ['kept_until'], unique=False)
    op.add_column('appointments', sa.Column('lot', sa.Integer(), nullable=True))
    op.add_column('appointments', sa.Column('device', sa.LargeBinary(length=32), nullable=True))
    op.add_column('appointments', sa.Column('device_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('appointments', sa.Column('booked_from_id', sa.Uuid(as_uuid=False), nullable=True))
    op.create_index('ix_appointments_device_device_at', 'appointments', ['device', 'device_at'], unique=False)
    op.create_index('ix_appointments_state_day', 'appointments', ['state', 'day'], unique=False)
    op.create_index('ix_appointments_institution_id_day', 'appointments', ['institution_id', 'day'], unique=False)
    op.create_index('ix_appointments_frees_at', 'appointments', ['frees_at'], unique=False)
    op.add_column('sessions', sa.Column('machine_digest', sa.LargeBinary(length=32), nullable=True))

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
    op.drop_column('sessions', 'machine_digest')
    for name in ('frees_at', 'institution_id_day', 'state_day', 'device_device_at'):
        op.drop_index(f'ix_appointments_{name}', 'appointments')
    for name in ('booked_from_id', 'device_at', 'device', 'lot'):
        op.drop_column('appointments', name)
    for name in ('kept_until', 'draws_at'):
        op.drop_index(f'ix_slots_{name}', 'slots')
    for name in ('kept_until', 'kept', 'draws_at'):
        op.drop_column('slots', name)
    op.drop_index('ix_schedules_more_due_on', 'schedules')
    for name in ('more_due_on', 'kept_until_hours', 'kept_for_referrals', 'has_draw'):
        op.drop_column('schedules', name)
