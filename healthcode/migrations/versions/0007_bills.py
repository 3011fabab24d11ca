"""Bills

Revision ID: 0007_bills
Revises: 0006_referrals
"""

import sqlalchemy as sa
from alembic import op

revision = '0007_bills'
down_revision = '0006_referrals'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('catalogue_items',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=True),
    sa.Column('category', sa.String(length=64), nullable=False),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('price_fen', sa.Integer(), nullable=False),
    sa.Column('insurance_class', sa.String(length=1), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.CheckConstraint('price_fen BETWEEN 0 AND 1000000000', name=op.f('ck_catalogue_items_price')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catalogue_items')),
    sa.UniqueConstraint('code', 'from_on', name=op.f('uq_catalogue_items_code_from_on'))
    )
    op.create_table('channel_events',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('event_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=64), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_channel_events')),
    sa.UniqueConstraint('channel', 'event_id', name=op.f('uq_channel_events_channel_event_id'))
    )
    op.create_table('insurance_rules',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('plan', sa.String(length=64), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance_rules')),
    sa.UniqueConstraint('plan', 'from_on', name=op.f('uq_insurance_rules_plan_from_on'))
    )
    op.create_table('bills',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('appointment_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('is_chronic', sa.Boolean(), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=True),
    sa.Column('cancellation_number', sa.String(length=32), nullable=True),
    sa.Column('total_fen', sa.Integer(), nullable=False),
    sa.Column('pool_fen', sa.Integer(), nullable=False),
    sa.Column('supplement_fen', sa.Integer(), nullable=False),
    sa.Column('own_fen', sa.Integer(), nullable=False),
    sa.Column('credited_fen', sa.Integer(), nullable=False),
    sa.Column('credited_own_fen', sa.Integer(), nullable=False),
    sa.Column('paid_fen', sa.Integer(), nullable=False),
    sa.Column('rules_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('deductible_used_fen', sa.Integer(), nullable=False),
    sa.Column('pool_used_fen', sa.Integer(), nullable=False),
    sa.Column('chronic_used_fen', sa.Integer(), nullable=False),
    sa.Column('steps', sa.JSON(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("state <> 'balanced' OR paid_fen = own_fen - credited_own_fen", name=op.f('ck_bills_balanced')),
    sa.CheckConstraint('credited_fen >= 0 AND credited_fen <= total_fen', name=op.f('ck_bills_credited')),
    sa.CheckConstraint('credited_own_fen >= 0 AND credited_own_fen <= own_fen', name=op.f('ck_bills_credited_own')),
    sa.CheckConstraint('paid_fen >= 0 AND paid_fen <= own_fen - credited_own_fen', name=op.f('ck_bills_paid')),
    sa.CheckConstraint('pool_fen >= 0 AND supplement_fen >= 0 AND own_fen >= 0', name=op.f('ck_bills_parts')),
    sa.CheckConstraint('total_fen = pool_fen + supplement_fen + own_fen', name=op.f('ck_bills_split')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_bills_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_bills_resident_id')),
    sa.ForeignKeyConstraint(['rules_id'], ['insurance_rules.id'], name=op.f('fk_bills_rules_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bills')),
    sa.UniqueConstraint('appointment_id', name=op.f('uq_bills_appointment_id')),
    sa.UniqueConstraint('cancellation_number', name=op.f('uq_bills_cancellation_number')),
    sa.UniqueConstraint('number', name=op.f('uq_bills_number'))
    )
    with op.batch_alter_table('bills', schema=None) as batch_op:
        batch_op.create_index('ix_bills_institution_id_state_id', ['institution_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_bills_resident_id_id', ['resident_id', 'id'], unique=False)

    op.create_table('insurance_years',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('deductible_met_fen', sa.Integer(), nullable=False),
    sa.Column('pool_paid_fen', sa.Integer(), nullable=False),
    sa.Column('chronic_paid_fen', sa.Integer(), nullable=False),
    sa.CheckConstraint('deductible_met_fen >= 0 AND pool_paid_fen >= 0 AND chronic_paid_fen >= 0', name=op.f('ck_insurance_years_sums')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_insurance_years_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insurance_years')),
    sa.UniqueConstraint('resident_id', 'year', name=op.f('uq_insurance_years_resident_id_year'))
    )
    op.create_table('bill_changes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_bill_changes_bill_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_changes'))
    )
    with op.batch_alter_table('bill_changes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bill_changes_bill_id'), ['bill_id'], unique=False)

    op.create_table('bill_lines',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=True),
    sa.Column('unit', sa.String(length=16), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit_price_fen', sa.Integer(), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('insurance_class', sa.String(length=1), nullable=False),
    sa.Column('pool_fen', sa.Integer(), nullable=False),
    sa.Column('supplement_fen', sa.Integer(), nullable=False),
    sa.Column('returned', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount_fen >= 0 AND pool_fen >= 0 AND supplement_fen >= 0', name=op.f('ck_bill_lines_parts')),
    sa.CheckConstraint('pool_fen + supplement_fen <= amount_fen', name=op.f('ck_bill_lines_split')),
    sa.CheckConstraint('quantity > 0 AND amount_fen = quantity * unit_price_fen', name=op.f('ck_bill_lines_amount')),
    sa.CheckConstraint('returned >= 0 AND returned <= quantity', name=op.f('ck_bill_lines_returned')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_bill_lines_bill_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_bill_lines_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bill_lines')),
    sa.UniqueConstraint('bill_id', 'position', name=op.f('uq_bill_lines_bill_id_position'))
    )
    with op.batch_alter_table('bill_lines', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bill_lines_bill_id'), ['bill_id'], unique=False)

    op.create_table('credit_notes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('total_fen', sa.Integer(), nullable=False),
    sa.Column('pool_fen', sa.Integer(), nullable=False),
    sa.Column('supplement_fen', sa.Integer(), nullable=False),
    sa.Column('own_fen', sa.Integer(), nullable=False),
    sa.Column('refunded_fen', sa.Integer(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.CheckConstraint('pool_fen >= 0 AND supplement_fen >= 0 AND own_fen >= 0', name=op.f('ck_credit_notes_parts')),
    sa.CheckConstraint('total_fen = pool_fen + supplement_fen + own_fen', name=op.f('ck_credit_notes_split')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_credit_notes_bill_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_notes')),
    sa.UniqueConstraint('number', name=op.f('uq_credit_notes_number'))
    )
    with op.batch_alter_table('credit_notes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_notes_bill_id'), ['bill_id'], unique=False)

    op.create_table('ledger_entries',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('debit', sa.String(length=64), nullable=False),
    sa.Column('credit', sa.String(length=64), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=64), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('payment_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('refund_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_ledger_entries_amount')),
    sa.CheckConstraint('debit <> credit', name=op.f('ck_ledger_entries_accounts')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_ledger_entries_bill_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_ledger_entries_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_ledger_entries_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entries'))
    )
    with op.batch_alter_table('ledger_entries', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ledger_entries_bill_id'), ['bill_id'], unique=False)
        batch_op.create_index('ix_ledger_entries_institution_id_day', ['institution_id', 'day'], unique=False)

    op.create_table('payments',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('claims_bill_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('channel', sa.String(length=64), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('refunded_fen', sa.Integer(), nullable=False),
    sa.Column('code_url', sa.String(length=300), nullable=True),
    sa.Column('provider_id', sa.String(length=64), nullable=True),
    sa.Column('why', sa.String(length=64), nullable=True),
    sa.Column('made_by_kind', sa.String(length=64), nullable=False),
    sa.Column('made_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_payments_amount')),
    sa.CheckConstraint('refunded_fen >= 0 AND refunded_fen <= amount_fen', name=op.f('ck_payments_refunded')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_payments_bill_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_payments_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('claims_bill_id', name=op.f('uq_payments_claims_bill_id')),
    sa.UniqueConstraint('number', name=op.f('uq_payments_number'))
    )
    with op.batch_alter_table('payments', schema=None) as batch_op:
        batch_op.create_index('ix_payments_bill_id', ['bill_id'], unique=False)
        batch_op.create_index('ix_payments_next_look_at', ['next_look_at'], unique=False)
        batch_op.create_index('ix_payments_resident_id_id', ['resident_id', 'id'], unique=False)

    op.create_table('refunds',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('payment_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('bill_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.String(length=32), nullable=False),
    sa.Column('amount_fen', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('is_beside_bill', sa.Boolean(), nullable=False),
    sa.Column('made_by_kind', sa.String(length=64), nullable=False),
    sa.Column('made_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_look_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_fen > 0', name=op.f('ck_refunds_amount')),
    sa.ForeignKeyConstraint(['bill_id'], ['bills.id'], name=op.f('fk_refunds_bill_id')),
    sa.ForeignKeyConstraint(['payment_id'], ['payments.id'], name=op.f('fk_refunds_payment_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_refunds_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refunds')),
    sa.UniqueConstraint('number', name=op.f('uq_refunds_number'))
    )
    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refunds_bill_id'), ['bill_id'], unique=False)
        batch_op.create_index('ix_refunds_next_look_at', ['next_look_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_refunds_payment_id'), ['payment_id'], unique=False)

    for name in ('ledger_entries', 'credit_notes', 'bill_changes'):
        keep_rows(name)


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
    with op.batch_alter_table('refunds', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refunds_payment_id'))
        batch_op.drop_index('ix_refunds_next_look_at')
        batch_op.drop_index(batch_op.f('ix_refunds_bill_id'))

    op.drop_table('refunds')
    with op.batch_alter_table('payments', schema=None) as batch_op:
        batch_op.drop_index('ix_payments_resident_id_id')
        batch_op.drop_index('ix_payments_next_look_at')
        batch_op.drop_index('ix_payments_bill_id')

    op.drop_table('payments')
    with op.batch_alter_table('ledger_entries', schema=None) as batch_op:
        batch_op.drop_index('ix_ledger_entries_institution_id_day')
        batch_op.drop_index(batch_op.f('ix_ledger_entries_bill_id'))

    op.drop_table('ledger_entries')
    with op.batch_alter_table('credit_notes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_notes_bill_id'))

    op.drop_table('credit_notes')
    with op.batch_alter_table('bill_lines', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bill_lines_bill_id'))

    op.drop_table('bill_lines')
    with op.batch_alter_table('bill_changes', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bill_changes_bill_id'))

    op.drop_table('bill_changes')
    op.drop_table('insurance_years')
    with op.batch_alter_table('bills', schema=None) as batch_op:
        batch_op.drop_index('ix_bills_resident_id_id')
        batch_op.drop_index('ix_bills_institution_id_state_id')

    op.drop_table('bills')
    op.drop_table('insurance_rules')
    op.drop_table('channel_events')
    op.drop_table('catalogue_items')
    if op.get_bind().dialect.name == "postgresql":
        for name in ('ledger_entries', 'credit_notes', 'bill_changes'):
            op.execute(f"DROP FUNCTION {name}_is_append_only()")
