"""Reports: what can be measured, results with their versions, critical values

Revision ID: 0009_reports
Revises: 0008_visits
"""

import sqlalchemy as sa
from alembic import op

revision = '0009_reports'
down_revision = '0008_visits'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('observation_codes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('loinc', sa.String(length=10), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=False),
    sa.Column('unit', sa.String(length=20), nullable=True),
    sa.Column('sensitivity', sa.String(length=20), nullable=True),
    sa.Column('ranges', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observation_codes')),
    sa.UniqueConstraint('code', name=op.f('uq_observation_codes_code')),
    sa.UniqueConstraint('loinc', name=op.f('uq_observation_codes_loinc'))
    )
    op.create_table('local_codes',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('local', sa.String(length=40), nullable=False),
    sa.Column('code_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.ForeignKeyConstraint(['code_id'], ['observation_codes.id'], name=op.f('fk_local_codes_code_id')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_local_codes_institution_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_local_codes')),
    sa.UniqueConstraint('institution_id', 'local', name=op.f('uq_local_codes_institution_id_local'))
    )
    op.create_table('reports',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('number', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('sensitivity', sa.String(length=20), nullable=True),
    sa.Column('performer', sa.String(length=80), nullable=True),
    sa.Column('conclusion', sa.String(length=8000), nullable=True),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_reports_version')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_reports_institution_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_reports_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reports')),
    sa.UniqueConstraint('institution_id', 'number', name=op.f('uq_reports_institution_id_number'))
    )
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.create_index('ix_reports_institution_id_id', ['institution_id', 'id'], unique=False)
        batch_op.create_index('ix_reports_resident_id_id', ['resident_id', 'id'], unique=False)

    op.create_table('critical_values',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('report_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('institution_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('what', sa.String(length=120), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=True),
    sa.Column('value', sa.String(length=24), nullable=False),
    sa.Column('comparator', sa.String(length=2), nullable=True),
    sa.Column('unit', sa.String(length=20), nullable=True),
    sa.Column('interpretation', sa.String(length=2), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('raised_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('acknowledged_by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('comment', sa.String(length=400), nullable=True),
    sa.CheckConstraint("(state = 'acknowledged') = (comment IS NOT NULL)", name=op.f('ck_critical_values_comment')),
    sa.ForeignKeyConstraint(['institution_id'], ['institutions.id'], name=op.f('fk_critical_values_institution_id')),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_critical_values_report_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_critical_values_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_critical_values')),
    sa.UniqueConstraint('report_id', 'what', name=op.f('uq_critical_values_report_id_what'))
    )
    with op.batch_alter_table('critical_values', schema=None) as batch_op:
        batch_op.create_index('ix_critical_values_institution_id_state_id', ['institution_id', 'state', 'id'], unique=False)

    op.create_table('observations',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('report_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=True),
    sa.Column('loinc', sa.String(length=10), nullable=True),
    sa.Column('local', sa.String(length=40), nullable=True),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('name_en', sa.String(length=120), nullable=True),
    sa.Column('value', sa.String(length=24), nullable=True),
    sa.Column('comparator', sa.String(length=2), nullable=True),
    sa.Column('unit', sa.String(length=20), nullable=True),
    sa.Column('text', sa.String(length=400), nullable=True),
    sa.Column('low', sa.String(length=24), nullable=True),
    sa.Column('high', sa.String(length=24), nullable=True),
    sa.Column('interpretation', sa.String(length=2), nullable=True),
    sa.Column('is_computed', sa.Boolean(), nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(value IS NULL) <> (text IS NULL)', name=op.f('ck_observations_value')),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_observations_report_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_observations_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_observations')),
    sa.UniqueConstraint('report_id', 'position', name=op.f('uq_observations_report_id_position'))
    )
    with op.batch_alter_table('observations', schema=None) as batch_op:
        batch_op.create_index('ix_observations_resident_id_code_effective_at', ['resident_id', 'code', 'effective_at'], unique=False)

    op.create_table('report_versions',
    sa.Column('id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('report_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('resident_id', sa.Uuid(as_uuid=False), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by_kind', sa.String(length=64), nullable=False),
    sa.Column('by_id', sa.Uuid(as_uuid=False), nullable=True),
    sa.Column('reason', sa.String(length=200), nullable=True),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['report_id'], ['reports.id'], name=op.f('fk_report_versions_report_id')),
    sa.ForeignKeyConstraint(['resident_id'], ['residents.id'], name=op.f('fk_report_versions_resident_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_versions')),
    sa.UniqueConstraint('report_id', 'version', name=op.f('uq_report_versions_report_id_version'))
    )
    keep_rows('report_versions')


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
    op.drop_table('report_versions')
    with op.batch_alter_table('observations', schema=None) as batch_op:
        batch_op.drop_index('ix_observations_resident_id_code_effective_at')

    op.drop_table('observations')
    with op.batch_alter_table('critical_values', schema=None) as batch_op:
        batch_op.drop_index('ix_critical_values_institution_id_state_id')

    op.drop_table('critical_values')
    with op.batch_alter_table('reports', schema=None) as batch_op:
        batch_op.drop_index('ix_reports_resident_id_id')
        batch_op.drop_index('ix_reports_institution_id_id')

    op.drop_table('reports')
    op.drop_table('local_codes')
    op.drop_table('observation_codes')
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION report_versions_is_append_only()")
