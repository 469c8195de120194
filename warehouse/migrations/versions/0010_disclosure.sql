-- One state of the counts of a scope and day: the counts, uncontrolled, and the cells that are closed. Its counts are
-- about persons: only services and auditors read them.
create table audit.disclosure_state (
    state_id bigint generated always as identity primary key,
    set_name text not null,
    scope text[] not null,
    cut text not null,
    dimensions text[] not null,
    tables text[] not null,
    minimum_count integer not null,
    minimum_width integer not null,
    counts jsonb not null,
    closed jsonb not null,
    closed_since jsonb not null default '[]',
    made_at timestamptz not null default clock_timestamp()
);
create index on audit.disclosure_state (set_name);

-- Which states a refresh shows, where it is published.
create table audit.disclosure_refresh (
    refresh_id text not null references audit.refresh,
    state_id bigint not null references audit.disclosure_state,
    primary key (refresh_id, state_id)
);
create index on audit.disclosure_refresh (state_id);

-- Cells of past states that are closed in history when the refresh is published.
create table audit.disclosure_closing (
    refresh_id text not null references audit.refresh,
    state_id bigint not null references audit.disclosure_state,
    closed jsonb not null,
    primary key (refresh_id, state_id)
);

grant select on audit.disclosure_state, audit.disclosure_refresh, audit.disclosure_closing
to transformer, publisher, auditor;
grant insert on audit.disclosure_state, audit.disclosure_refresh, audit.disclosure_closing to transformer;
grant update (closed_since) on audit.disclosure_state to publisher;
