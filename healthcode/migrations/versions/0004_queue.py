"""Queues of the day, and their tickets

Revision ID: 0004_queue
Revises: 0003_draws_and_quotas
"""

import sqlalchemy as sa
from alembic import op

revision = '0004_queue'
down_revision = '0003_draws_and_quotas'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('queues',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('place', sa.String(length=80), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('begins_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pace_seconds', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_queues_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queues')),
    sa.UniqueConstraint('institution_id', 'day', 'place', name=op.f('uq_queues_institution_id_day_place'))
    )
    op.create_table('tickets',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('queue_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('queued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('called_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['appointment_id'], ['appointments.id'], name=op.f('fk_tickets_appointment_id')),
    sa.ForeignKeyConstraint(['queue_id'], ['queues.id'], name=op.f('fk_tickets_queue_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_tickets_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tickets')),
    sa.UniqueConstraint('appointment_id', name=op.f('uq_tickets_appointment_id')),
    sa.UniqueConstraint('queue_id', 'number', name=op.f('uq_tickets_queue_id_number'))
    )
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.create_index('ix_tickets_order', ['queue_id', 'state', 'rank', 'queued_at', 'number'], unique=False)
        batch_op.create_index('ix_tickets_resident_id_day', ['resident_id', 'day'], unique=False)
        batch_op.create_index('ix_tickets_state_day', ['state', 'day'], unique=False)

    op.create_table('ticket_changes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('ticket_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('queue_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('what', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('priority', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_ticket_changes_resident_id')),
    sa.ForeignKeyConstraint(['ticket_id'], ['tickets.id'], name=op.f('fk_ticket_changes_ticket_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ticket_changes'))
    )
    with op.batch_alter_table('ticket_changes', schema=None) as batch_op:
        batch_op.create_index('ix_ticket_changes_queue_id_what_at', ['queue_id', 'what', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_ticket_changes_ticket_id'), ['ticket_id'], unique=False)

    keep_rows('ticket_changes')
    op.drop_table('queue_days')


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
    op.create_table('queue_days',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('schedule_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_queue_days_schedule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_queue_days')),
    sa.UniqueConstraint('schedule_id', 'day', name=op.f('uq_queue_days_schedule_id_day'))
    )
    with op.batch_alter_table('ticket_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ticket_changes_ticket_id'))
        batch_op.drop_index('ix_ticket_changes_queue_id_what_at')

    op.drop_table('ticket_changes')
    with op.batch_alter_table('tickets', schema=None) as batch_op:
        batch_op.drop_index('ix_tickets_state_day')
        batch_op.drop_index('ix_tickets_resident_id_day')
        batch_op.drop_index('ix_tickets_order')

    op.drop_table('tickets')
    op.drop_table('queues')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ticket_changes_is_append_only()")
