-- One schema a layer. Each is owned by the one role that writes it.
create schema raw authorization loader;
create schema marts authorization publisher;
create schema restricted authorization publisher;
create schema history authorization publisher;
create schema restricted_history authorization publisher;
comment on schema raw is 'Published files, row by row, append-only';
comment on schema marts is 'What readers read: last good publication';
comment on schema restricted is 'Detail that not everybody may read, published with the marts';
comment on schema history is 'Replaced versions of mart rows, with the publications they stood in';
comment on schema audit is 'Files, batches, checks, refreshes, publications';

-- What the ingest definitions say, for the status views.
create table audit.dataset (
    dataset text primary key,
    domain text not null,
    title text not null,
    publisher text not null,
    licence text not null,
    homepage text,
    expected_every_days integer,
    definition_hash text not null,
    recorded_at timestamptz not null default now()
);

-- The archive's manifest, as rows. The bytes are in the archive folder, named by sha256.
create table audit.source_file (
    dataset text not null references audit.dataset,
    sha256 text not null,
    bytes bigint not null,
    name text not null,
    address text not null,
    fetched_at timestamptz not null,
    etag text,
    licence text not null,
    is_generated boolean not null,
    primary key (dataset, sha256)
);

create table audit.batch (
    batch_id text primary key,
    dataset text not null,
    sha256 text not null,
    definition_hash text not null,
    layout text,
    vintage text,
    period_start date,
    period_end date,
    coverage text not null default 'full' check (coverage in ('full', 'partial')),
    is_generated boolean not null,
    status text not null check (status in ('pending', 'accepted', 'refused', 'withdrawn')),
    reason text,
    remedy text,
    records_read bigint not null default 0,
    records_loaded bigint not null default 0,
    records_quarantined bigint not null default 0,
    records_skipped bigint not null default 0,
    loaded_at timestamptz not null default clock_timestamp(),
    decided_at timestamptz,
    foreign key (dataset, sha256) references audit.source_file,
    constraint every_record_accounted_for
    check (records_read = records_loaded + records_quarantined + records_skipped),
    constraint accepted_has_vintage check (status <> 'accepted' or vintage is not null),
    constraint refused_has_reason check (status not in ('refused', 'withdrawn') or reason is not null)
);

create table audit.skipped_record (
    batch_id text not null references audit.batch,
    rule text not null,
    record_count bigint not null,
    first_row_number bigint,
    primary key (batch_id, rule)
);

create table audit.quarantine (
    quarantine_id bigint generated always as identity primary key,
    batch_id text not null references audit.batch,
    sheet text,
    row_number bigint,
    source_column text,
    rule text not null,
    reason text not null,
    record_count bigint not null default 1,
    record text
);
create index on audit.quarantine (batch_id);

create table audit.refresh (
    refresh_id text primary key,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    business_date date not null,
    code_version text not null,
    input_hash text not null,
    schema_prefix text not null default '',
    status text not null check (status in ('running', 'built', 'passed', 'failed', 'published', 'unchanged', 'abandoned')),
    message text
);

-- The batch set a refresh was fixed to, in its stored order; what staging views filter on.
create table audit.refresh_input (
    refresh_id text not null references audit.refresh,
    batch_id text not null references audit.batch,
    dataset text not null,
    vintage text not null,
    vintage_order integer not null,
    layout text,
    period_start date,
    period_end date,
    coverage text not null,
    is_generated boolean not null,
    primary key (refresh_id, batch_id),
    unique (refresh_id, dataset, vintage_order)
);

create table audit.node_result (
    refresh_id text not null references audit.refresh,
    node text not null,
    resource_type text not null,
    status text not null,
    seconds numeric not null,
    rows_affected bigint,
    message text,
    primary key (refresh_id, node)
);

-- Every check's outcome. run_id is a batch_id or a refresh_id.
create table audit.check_result (
    check_result_id bigint generated always as identity primary key,
    run_id text not null,
    run_kind text not null check (run_kind in ('batch', 'refresh')),
    tool text not null check (tool in ('soda', 'dbt')),
    table_name text not null,
    check_name text not null,
    kind text not null check (kind in ('source', 'unit', 'integrity', 'review')),
    severity text not null check (severity in ('fail', 'warn')),
    owner text not null,
    outcome text not null check (outcome in ('passed', 'failed', 'not_evaluated')),
    value numeric,
    failing_rows bigint,
    sample jsonb,
    message text,
    remedy text,
    checked_at timestamptz not null default clock_timestamp()
);
create index on audit.check_result (run_id);
create index on audit.check_result (check_name, checked_at);

create table audit.publication (
    publication_id integer primary key,
    refresh_id text not null unique references audit.refresh,
    published_at timestamptz not null default clock_timestamp(),
    business_date date not null,
    code_version text not null,
    input_hash text not null,
    changed_rows bigint not null,
    verdict text not null
);

create table audit.publication_mart (
    publication_id integer not null references audit.publication,
    schema_name text not null,
    mart text not null,
    row_count bigint not null,
    inserted bigint not null,
    updated bigint not null,
    deleted bigint not null,
    checksum text not null,
    column_names text[] not null,
    primary key (publication_id, schema_name, mart)
);

-- What the deployment remembers between runs, such as the folder of real sources.
create table audit.setting (
    name text primary key,
    value text not null,
    changed_at timestamptz not null default clock_timestamp()
);

-- Least rights.
revoke all on schema public from public;
do $$ begin
    execute format('revoke all on database %I from public', current_database());
    execute format('grant connect on database %I to loader, transformer, auditor, publisher, bi_reader', current_database());
    execute format('grant create, temporary on database %I to transformer', current_database());
    execute format('grant temporary on database %I to loader, auditor, publisher', current_database());
end $$;

grant usage on schema audit to loader, transformer, auditor, publisher;
grant select on all tables in schema audit to loader, transformer, auditor, publisher;
grant insert, update on audit.dataset, audit.source_file, audit.batch, audit.setting to loader;
grant insert on audit.skipped_record, audit.quarantine to loader;
grant insert, update on audit.refresh, audit.refresh_input, audit.node_result to transformer;
grant insert on audit.check_result to transformer, auditor;
grant update (status, reason, remedy, vintage, decided_at) on audit.batch to auditor;
grant update (status, message, finished_at) on audit.refresh to auditor, publisher;
grant insert on audit.publication, audit.publication_mart to publisher;

grant usage on schema raw to transformer, auditor;
alter default privileges for role loader in schema raw grant select on tables to transformer, auditor;
grant usage on schema marts to bi_reader, auditor, transformer;
grant usage on schema history to bi_reader, auditor;
grant usage on schema restricted, restricted_history to auditor;
