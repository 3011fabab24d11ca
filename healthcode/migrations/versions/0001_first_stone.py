"""The ground, the registry and trust

Revision ID: 0001_first_stone
Revises: 
"""

import sqlalchemy as sa
from alembic import op

revision = '0001_first_stone'
down_revision = None
branch_labels = None
depends_on = None

# Rows of these tables stay as they were written; the database itself sees to it.
APPEND_ONLY = ("resident_changes", "trail", "trail_heads", "trail_leaves", "trail_nodes")


def keep_rows(name: str) -> None:
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


def upgrade() -> None:
    op.create_table('conflicts',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('verification_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('other_verification_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('device_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('found_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('looked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('looked_at_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_conflicts'))
    )
    op.create_table('events',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('is_spread', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index('ix_events_is_spread_id', ['is_spread', 'id'], unique=False)

    op.create_table('grounds',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('grantee_kind', sa.String(length=64), nullable=False),
    sa.Column('grantee_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('scope', sa.String(length=64), nullable=False),
    sa.Column('source', sa.String(length=64), nullable=False),
    sa.Column('source_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grounds'))
    )
    with op.batch_alter_table('grounds', schema=None) as batch_op:
        batch_op.create_index('ix_grounds_grantee_id_scope', ['grantee_id', 'scope'], unique=False)
        batch_op.create_index('ix_grounds_resident_id', ['resident_id'], unique=False)
        batch_op.create_index('ix_grounds_source_id', ['source_id'], unique=False)

    op.create_table('idempotency_keys',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('caller', sa.String(length=64), nullable=False),
    sa.Column('door', sa.String(length=120), nullable=False),
    sa.Column('key', sa.String(length=128), nullable=False),
    sa.Column('fingerprint', sa.LargeBinary(length=32), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_idempotency_keys')),
    sa.UniqueConstraint('caller', 'door', 'key', name=op.f('uq_idempotency_keys_caller_door_key'))
    )
    op.create_table('institutions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('name_en', sa.String(length=160), nullable=True),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('level', sa.String(length=32), nullable=True),
    sa.Column('parent_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('district', sa.String(length=64), nullable=False),
    sa.Column('latitude', sa.Float(), nullable=True),
    sa.Column('longitude', sa.Float(), nullable=True),
    sa.Column('opening_hours', sa.JSON(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['parent_id'], ['institutions.id'], name=op.f('fk_institutions_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_institutions')),
    sa.UniqueConstraint('code', name=op.f('uq_institutions_code'))
    )
    with op.batch_alter_table('institutions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_institutions_district'), ['district'], unique=False)
        batch_op.create_index(batch_op.f('ix_institutions_parent_id'), ['parent_id'], unique=False)

    op.create_table('message_days',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('spent_fen', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_days')),
    sa.UniqueConstraint('day', name=op.f('uq_message_days_day'))
    )
    op.create_table('one_time_passwords',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=False),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('device_digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('digits_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('digits_digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('address_digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('tries BETWEEN 0 AND 5', name=op.f('ck_one_time_passwords_few_tries')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_one_time_passwords'))
    )
    with op.batch_alter_table('one_time_passwords', schema=None) as batch_op:
        batch_op.create_index('ix_one_time_passwords_address_digest_created_at', ['address_digest', 'created_at'], unique=False)
        batch_op.create_index('ix_one_time_passwords_created_at', ['created_at'], unique=False)
        batch_op.create_index('ix_one_time_passwords_phone_index_created_at', ['phone_index', 'created_at'], unique=False)

    op.create_table('residents',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('key_wrapped', sa.LargeBinary(), nullable=True),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('birth_date_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('registers_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('sex', sa.String(length=64), nullable=False),
    sa.Column('district', sa.String(length=64), nullable=True),
    sa.Column('coverage', sa.String(length=32), nullable=True),
    sa.Column('identity', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('died_on', sa.Date(), nullable=True),
    sa.Column('merged_into_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['merged_into_id'], ['residents.id'], name=op.f('fk_residents_merged_into_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residents')),
    sa.UniqueConstraint('phone_index', name=op.f('uq_residents_phone_index'))
    )
    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_residents_merged_into_id'), ['merged_into_id'], unique=False)

    op.create_table('revocation_counter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revocation_counter'))
    )
    op.create_table('revocations',
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('prefix', sa.LargeBinary(length=8), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('version', name=op.f('pk_revocations'))
    )
    with op.batch_alter_table('revocations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_revocations_prefix'), ['prefix'], unique=False)
        batch_op.create_index(batch_op.f('ix_revocations_until_at'), ['until_at'], unique=False)

    op.create_table('sessions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('account_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('phone_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('phone_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('cookie_digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('device_digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('label', sa.String(length=80), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('idle_seconds', sa.Integer(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reports_open_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sessions')),
    sa.UniqueConstraint('cookie_digest', name=op.f('uq_sessions_cookie_digest'))
    )
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.create_index('ix_sessions_account_id_ended_at', ['account_id', 'ended_at'], unique=False)
        batch_op.create_index('ix_sessions_device_digest', ['device_digest'], unique=False)
        batch_op.create_index(batch_op.f('ix_sessions_phone_index'), ['phone_index'], unique=False)

    op.create_table('showings',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('answers', sa.String(length=64), nullable=True),
    sa.Column('verification_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('device_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_showings')),
    sa.UniqueConstraint('answers', name=op.f('uq_showings_answers')),
    sa.UniqueConstraint('key', name=op.f('uq_showings_key'))
    )
    with op.batch_alter_table('showings', schema=None) as batch_op:
        batch_op.create_index('ix_showings_read_at', ['read_at'], unique=False)

    op.create_table('sign_in_failures',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in_failures')),
    sa.UniqueConstraint('key', name=op.f('uq_sign_in_failures_key'))
    )
    op.create_table('staff',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('username', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=False),
    sa.Column('totp_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('totp_last_step', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff')),
    sa.UniqueConstraint('username', name=op.f('uq_staff_username'))
    )
    op.create_table('trail',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('request_id', sa.String(length=36), nullable=False),
    sa.Column('outcome', sa.String(length=64), nullable=False),
    sa.Column('door', sa.String(length=120), nullable=False),
    sa.Column('status', sa.Integer(), nullable=False),
    sa.Column('problem', sa.String(length=64), nullable=True),
    sa.Column('actor_kind', sa.String(length=64), nullable=False),
    sa.Column('actor_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('session_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('ground', sa.String(length=120), nullable=True),
    sa.Column('purpose', sa.String(length=64), nullable=True),
    sa.Column('subject_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trail'))
    )
    with op.batch_alter_table('trail', schema=None) as batch_op:
        batch_op.create_index('ix_trail_resident_id_id', ['resident_id', 'id'], unique=False)

    op.create_table('trail_heads',
    sa.Column('size', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('root', sa.LargeBinary(length=32), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signed', sa.String(length=2048), nullable=False),
    sa.PrimaryKeyConstraint('size', name=op.f('pk_trail_heads'))
    )
    op.create_table('trail_leaves',
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('trail_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_trail_leaves')),
    sa.UniqueConstraint('trail_id', name=op.f('uq_trail_leaves_trail_id'))
    )
    op.create_table('trail_nodes',
    sa.Column('level', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('index', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hash', sa.LargeBinary(length=32), nullable=False),
    sa.PrimaryKeyConstraint('level', 'index', name=op.f('pk_trail_nodes'))
    )
    op.create_table('trail_sealer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_trail_sealer'))
    )
    op.create_table('used_assertions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_used_assertions')),
    sa.UniqueConstraint('digest', name=op.f('uq_used_assertions_digest'))
    )
    op.create_table('wrong_tries',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('key', sa.String(length=80), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('since_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('locked_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_wrong_tries')),
    sa.UniqueConstraint('key', name=op.f('uq_wrong_tries_key'))
    )
    op.create_table('alliances',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('core_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.ForeignKeyConstraint(['core_id'], ['institutions.id'], name=op.f('fk_alliances_core_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alliances')),
    sa.UniqueConstraint('code', name=op.f('uq_alliances_code'))
    )
    op.create_table('code_blocks',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('reason', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('proposed_by', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('appeal', sa.String(length=500), nullable=True),
    sa.Column('appealed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lifted_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('lifted_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_code_blocks_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_blocks'))
    )
    with op.batch_alter_table('code_blocks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_code_blocks_resident_id'), ['resident_id'], unique=False)

    op.create_table('deliveries',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('event_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('listener', sa.String(length=120), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['event_id'], ['events.id'], name=op.f('fk_deliveries_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
    sa.UniqueConstraint('event_id', 'listener', name=op.f('uq_deliveries_event_id_listener'))
    )
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.create_index('ix_deliveries_state_next_try_at', ['state', 'next_try_at'], unique=False)

    op.create_table('departments',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=True),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_departments_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_departments')),
    sa.UniqueConstraint('institution_id', 'code', name=op.f('uq_departments_institution_id_code'))
    )
    op.create_table('devices',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('public_key', sa.JSON(), nullable=True),
    sa.Column('enrolment_digest', sa.LargeBinary(length=32), nullable=True),
    sa.Column('enrolment_ends_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('invited_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('invited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.String(length=200), nullable=True),
    sa.Column('last_sequence', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_devices_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_devices')),
    sa.UniqueConstraint('enrolment_digest', name=op.f('uq_devices_enrolment_digest'))
    )
    with op.batch_alter_table('devices', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_devices_institution_id'), ['institution_id'], unique=False)

    op.create_table('grants',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('proxy_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('invited_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('basis', sa.String(length=64), nullable=False),
    sa.Column('relation', sa.String(length=64), nullable=False),
    sa.Column('scopes', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('ended_reason', sa.String(length=200), nullable=True),
    sa.Column('recorded_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.ForeignKeyConstraint(['proxy_id'], ['residents.id'], name=op.f('fk_grants_proxy_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_grants_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_grants_invited_index'), ['invited_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_grants_proxy_id'), ['proxy_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_grants_resident_id'), ['resident_id'], unique=False)

    op.create_table('identity_documents',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('country', sa.String(length=3), nullable=False),
    sa.Column('number_sealed', sa.LargeBinary(), nullable=False),
    sa.Column('number_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('claim', sa.LargeBinary(length=32), nullable=True),
    sa.Column('seen_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_identity_documents_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity_documents')),
    sa.UniqueConstraint('claim', name=op.f('uq_identity_documents_claim'))
    )
    with op.batch_alter_table('identity_documents', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_documents_number_index'), ['number_index'], unique=False)
        batch_op.create_index(batch_op.f('ix_identity_documents_resident_id'), ['resident_id'], unique=False)

    op.create_table('issued_codes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('form', sa.String(length=64), nullable=False),
    sa.Column('shown_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('grant_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('session_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('ticket_id', sa.LargeBinary(length=8), nullable=True),
    sa.Column('digits_index', sa.LargeBinary(length=32), nullable=True),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_issued_codes_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_issued_codes')),
    sa.UniqueConstraint('digits_index', name=op.f('uq_issued_codes_digits_index')),
    sa.UniqueConstraint('ticket_id', name=op.f('uq_issued_codes_ticket_id'))
    )
    with op.batch_alter_table('issued_codes', schema=None) as batch_op:
        batch_op.create_index('ix_issued_codes_resident_id_expires_at', ['resident_id', 'expires_at'], unique=False)

    op.create_table('merges',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('merged_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('merged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('merged_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reversed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reversed_by', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reversed_reason', sa.String(length=200), nullable=True),
    sa.ForeignKeyConstraint(['merged_id'], ['residents.id'], name=op.f('fk_merges_merged_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_merges_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merges'))
    )
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merges_merged_id'), ['merged_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merges_resident_id'), ['resident_id'], unique=False)

    op.create_table('posts',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('staff_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('role', sa.String(length=64), nullable=False),
    sa.Column('from_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('until_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_posts_institution_id')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_posts_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posts'))
    )
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_posts_institution_id'), ['institution_id'], unique=False)
        batch_op.create_index('ix_posts_staff_id_role', ['staff_id', 'role'], unique=False)

    op.create_table('refresh_tokens',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('session_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('digest', sa.LargeBinary(length=32), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['session_id'], ['sessions.id'], name=op.f('fk_refresh_tokens_session_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refresh_tokens')),
    sa.UniqueConstraint('digest', name=op.f('uq_refresh_tokens_digest'))
    )
    with op.batch_alter_table('refresh_tokens', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_refresh_tokens_session_id'), ['session_id'], unique=False)

    op.create_table('resident_changes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('before_sealed', sa.LargeBinary(), nullable=True),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_resident_changes_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resident_changes'))
    )
    with op.batch_alter_table('resident_changes', schema=None) as batch_op:
        batch_op.create_index('ix_resident_changes_resident_id_id', ['resident_id', 'id'], unique=False)

    op.create_table('verifications',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('device_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('staff_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('code_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('shown_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('form', sa.String(length=64), nullable=False),
    sa.Column('assurance', sa.String(length=64), nullable=False),
    sa.Column('step', sa.String(length=64), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('is_offline', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_verifications_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_verifications_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_verifications'))
    )
    with op.batch_alter_table('verifications', schema=None) as batch_op:
        batch_op.create_index('ix_verifications_resident_id_read_at', ['resident_id', 'read_at'], unique=False)

    op.create_table('alliance_members',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('alliance_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.ForeignKeyConstraint(['alliance_id'], ['alliances.id'], name=op.f('fk_alliance_members_alliance_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_alliance_members_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alliance_members')),
    sa.UniqueConstraint('alliance_id', 'institution_id', name=op.f('uq_alliance_members_alliance_id_institution_id'))
    )
    with op.batch_alter_table('alliance_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alliance_members_institution_id'), ['institution_id'], unique=False)

    op.create_table('batches',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('device_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer_sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['devices.id'], name=op.f('fk_batches_device_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_batches')),
    sa.UniqueConstraint('device_id', 'sequence', name=op.f('uq_batches_device_id_sequence'))
    )
    op.create_table('spendings',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('verification_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('purpose', sa.String(length=64), nullable=False),
    sa.Column('spent_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['verification_id'], ['verifications.id'], name=op.f('fk_spendings_verification_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_spendings')),
    sa.UniqueConstraint('verification_id', 'purpose', name=op.f('uq_spendings_verification_id_purpose'))
    )

    for name in APPEND_ONLY:
        keep_rows(name)


def downgrade() -> None:
    op.drop_table('spendings')
    op.drop_table('batches')
    with op.batch_alter_table('alliance_members', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alliance_members_institution_id'))

    op.drop_table('alliance_members')
    with op.batch_alter_table('verifications', schema=None) as batch_op:
        batch_op.drop_index('ix_verifications_resident_id_read_at')

    op.drop_table('verifications')
    with op.batch_alter_table('resident_changes', schema=None) as batch_op:
        batch_op.drop_index('ix_resident_changes_resident_id_id')

    op.drop_table('resident_changes')
    with op.batch_alter_table('refresh_tokens', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_refresh_tokens_session_id'))

    op.drop_table('refresh_tokens')
    with op.batch_alter_table('posts', schema=None) as batch_op:
        batch_op.drop_index('ix_posts_staff_id_role')
        batch_op.drop_index(batch_op.f('ix_posts_institution_id'))

    op.drop_table('posts')
    with op.batch_alter_table('merges', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merges_resident_id'))
        batch_op.drop_index(batch_op.f('ix_merges_merged_id'))

    op.drop_table('merges')
    with op.batch_alter_table('issued_codes', schema=None) as batch_op:
        batch_op.drop_index('ix_issued_codes_resident_id_expires_at')

    op.drop_table('issued_codes')
    with op.batch_alter_table('identity_documents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identity_documents_resident_id'))
        batch_op.drop_index(batch_op.f('ix_identity_documents_number_index'))

    op.drop_table('identity_documents')
    with op.batch_alter_table('grants', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_grants_resident_id'))
        batch_op.drop_index(batch_op.f('ix_grants_proxy_id'))
        batch_op.drop_index(batch_op.f('ix_grants_invited_index'))

    op.drop_table('grants')
    with op.batch_alter_table('devices', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_devices_institution_id'))

    op.drop_table('devices')
    op.drop_table('departments')
    with op.batch_alter_table('deliveries', schema=None) as batch_op:
        batch_op.drop_index('ix_deliveries_state_next_try_at')

    op.drop_table('deliveries')
    with op.batch_alter_table('code_blocks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_code_blocks_resident_id'))

    op.drop_table('code_blocks')
    op.drop_table('alliances')
    op.drop_table('wrong_tries')
    op.drop_table('used_assertions')
    op.drop_table('trail_sealer')
    op.drop_table('trail_nodes')
    op.drop_table('trail_leaves')
    op.drop_table('trail_heads')
    with op.batch_alter_table('trail', schema=None) as batch_op:
        batch_op.drop_index('ix_trail_resident_id_id')

    op.drop_table('trail')
    op.drop_table('staff')
    op.drop_table('sign_in_failures')
    with op.batch_alter_table('showings', schema=None) as batch_op:
        batch_op.drop_index('ix_showings_read_at')

    op.drop_table('showings')
    with op.batch_alter_table('sessions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sessions_phone_index'))
        batch_op.drop_index('ix_sessions_device_digest')
        batch_op.drop_index('ix_sessions_account_id_ended_at')

    op.drop_table('sessions')
    with op.batch_alter_table('revocations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_revocations_until_at'))
        batch_op.drop_index(batch_op.f('ix_revocations_prefix'))

    op.drop_table('revocations')
    op.drop_table('revocation_counter')
    with op.batch_alter_table('residents', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_residents_merged_into_id'))

    op.drop_table('residents')
    with op.batch_alter_table('one_time_passwords', schema=None) as batch_op:
        batch_op.drop_index('ix_one_time_passwords_phone_index_created_at')
        batch_op.drop_index('ix_one_time_passwords_created_at')
        batch_op.drop_index('ix_one_time_passwords_address_digest_created_at')

    op.drop_table('one_time_passwords')
    op.drop_table('message_days')
    with op.batch_alter_table('institutions', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_institutions_parent_id'))
        batch_op.drop_index(batch_op.f('ix_institutions_district'))

    op.drop_table('institutions')
    op.drop_table('idempotency_keys')
    with op.batch_alter_table('grounds', schema=None) as batch_op:
        batch_op.drop_index('ix_grounds_source_id')
        batch_op.drop_index('ix_grounds_resident_id')
        batch_op.drop_index('ix_grounds_grantee_id_scope')

    op.drop_table('grounds')
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.drop_index('ix_events_is_spread_id')

    op.drop_table('events')
    op.drop_table('conflicts')

    if op.get_bind().dialect.name == "postgresql":
        for name in APPEND_ONLY:
            op.execute(f"DROP FUNCTION {name}_is_append_only()")
