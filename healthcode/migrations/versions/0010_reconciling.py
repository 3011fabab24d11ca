"""Reconciliation of payment channels; sums of a year and of a day that outgrow four bytes

Revision ID: 0010_reconciling
Revises: 0009_reports
"""

import sqlalchemy as sa
from alembic import op

revision = '0010_reconciling'
down_revision = '0009_reports'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('reconciliations',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('why', sa.String(length=64), nullable=True),
    sa.Column('matched', sa.Integer(), nullable=False),
    sa.Column('only_ours', sa.Integer(), nullable=False),
    sa.Column('only_theirs', sa.Integer(), nullable=False),
    sa.Column('amount_differs', sa.Integer(), nullable=False),
    sa.Column('paid_fen', sa.BigInteger(), nullable=False),
    sa.Column('refunded_fen', sa.BigInteger(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reconciliations')),
    sa.UniqueConstraint('channel', 'day', name=op.f('uq_reconciliations_channel_day'))
    )
    op.create_table('differences',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('what', sa.String(length=64), nullable=False),
    sa.Column('ours_fen', sa.Integer(), nullable=True),
    sa.Column('theirs_fen', sa.Integer(), nullable=True),
    sa.Column('provider_id', sa.String(length=64), nullable=True),
    sa.Column('payment_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('refund_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('how', sa.String(length=64), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name=op.f('ck_differences_settled')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_differences_bill_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_differences_institution_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_differences_payment_id')),
    sa.ForeignKeyConstraint(['refund_id'], ['refunds.id'], name=op.f('fk_differences_refund_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_differences_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_differences')),
    sa.UniqueConstraint('channel', 'kind', 'number', name=op.f('uq_differences_channel_kind_number'))
    )
    with op.batch_alter_table('differences', schema=None) as batch_op:
        batch_op.create_index('ix_differences_institution_id_state_id', ['institution_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_differences_bill_id', ['bill_id'], unique=False)

    with op.batch_alter_table('ledger_entries', schema=None) as batch_op:
        batch_op.create_index('ix_ledger_entries_day_id', ['day', 'id'], unique=False)


    _sums(sa.Integer(), sa.BigInteger())


def _sums(old: sa.types.TypeEngine, new: sa.types.TypeEngine) -> None:
    with op.batch_alter_table('insurance_years', schema=None) as batch_op:
        for name in ('deductible_met_fen', 'pool_paid_fen', 'chronic_paid_fen'):
            batch_op.alter_column(name, existing_type=old, type_=new, existing_nullable=False)


def downgrade() -> None:
    _sums(sa.BigInteger(), sa.Integer())
    with op.batch_alter_table('ledger_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_entries_day_id')

    with op.batch_alter_table('differences', schema=None) as batch_op:
        batch_op.drop_index('ix_differences_bill_id')
        batch_op.drop_index('ix_differences_institution_id_state_id')

    op.drop_table('differences')
    op.drop_table('reconciliations')
