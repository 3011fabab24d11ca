"""Clinics, slots and appointments

Revision ID: 0002_appointments
Revises: 0001_first_stone
"""

import sqlalchemy as sa
from alembic import op

revision = '0002_appointments'
down_revision = '0001_first_stone'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('schedules',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('department_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('staff_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('title', sa.String(length=80), nullable=False),
    sa.Column('room', sa.String(length=40), nullable=True),
    sa.Column('weekday', sa.String(length=64), nullable=False),
    sa.Column('starts', sa.String(length=5), nullable=False),
    sa.Column('ends', sa.String(length=5), nullable=False),
    sa.Column('slot_minutes', sa.Integer(), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('released_days_ahead', sa.Integer(), nullable=False),
    sa.Column('released_at', sa.String(length=5), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('until_on', sa.Date(), nullable=True),
    sa.Column('made_until_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['department_id'], ['departments.id'], name=op.f('fk_schedules_department_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_schedules_institution_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_schedules_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules'))
    )
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_schedules_department_id'), ['department_id'], unique=False)
        batch_op.create_index('ix_schedules_institution_id_weekday', ['institution_id', 'weekday'], unique=False)
        batch_op.create_index(batch_op.f('ix_schedules_staff_id'), ['staff_id'], unique=False)

    op.create_table('queue_days',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('schedule_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_queue_days_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_days')),
    sa.UniqueConstraint('schedule_id', 'day', name=op.f('uq_queue_days_schedule_id_day'))
    )
    op.create_table('slots',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('schedule_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opens_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('capacity', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('overbooked', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=64), nullable=False),
    sa.CheckConstraint('taken >= 0 AND taken <= capacity + overbooked', name=op.f('ck_slots_capacity')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_slots_institution_id')),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_slots_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_slots')),
    sa.UniqueConstraint('schedule_id', 'starts_at', name=op.f('uq_slots_schedule_id_starts_at'))
    )
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.create_index('ix_slots_institution_id_id', ['institution_id', 'id'], unique=False)

    op.create_table('appointments',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('schedule_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('slot_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('frees_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_overbooked', sa.Boolean(), nullable=False),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('made_by', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ticket', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_appointments_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_appointments_resident_id')),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_appointments_schedule_id')),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_appointments_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointments'))
    )
    with op.batch_alter_table('appointments', schema=None) as batch_op:
        batch_op.create_index('ix_appointments_resident_id_state', ['resident_id', 'state'], unique=False)
        batch_op.create_index('ix_appointments_schedule_id_day_state', ['schedule_id', 'day', 'state'], unique=False)
        batch_op.create_index('ix_appointments_slot_id_state', ['slot_id', 'state'], unique=False)

    op.create_table('returned_places',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('slot_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('free_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['slot_id'], ['slots.id'], name=op.f('fk_returned_places_slot_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_returned_places'))
    )
    with op.batch_alter_table('returned_places', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_returned_places_free_at'), ['free_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_returned_places_slot_id'), ['slot_id'], unique=False)

    op.create_table('appointment_changes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('slot_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_appointment_changes_appointment_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_appointment_changes_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_appointment_changes'))
    )
    with op.batch_alter_table('appointment_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_appointment_changes_appointment_id'), ['appointment_id'], unique=False)

    keep_rows('appointment_changes')


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
    with op.batch_alter_table('appointment_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_appointment_changes_appointment_id'))

    op.drop_table('appointment_changes')
    with op.batch_alter_table('returned_places', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_returned_places_slot_id'))
        batch_op.drop_index(batch_op.f('ix_returned_places_free_at'))

    op.drop_table('returned_places')
    with op.batch_alter_table('appointments', schema=None) as batch_op:
        batch_op.drop_index('ix_appointments_slot_id_state')
        batch_op.drop_index('ix_appointments_schedule_id_day_state')
        batch_op.drop_index('ix_appointments_resident_id_state')

    op.drop_table('appointments')
    with op.batch_alter_table('slots', schema=None) as batch_op:
        batch_op.drop_index('ix_slots_institution_id_id')

    op.drop_table('slots')
    op.drop_table('queue_days')
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_schedules_staff_id'))
        batch_op.drop_index('ix_schedules_institution_id_weekday')
        batch_op.drop_index(batch_op.f('ix_schedules_department_id'))

    op.drop_table('schedules')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION appointment_changes_is_append_only()")
