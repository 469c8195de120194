-- In which publication each row of a mart came: what its past is told by. Null of publications from before.
alter table audit.publication_mart add column since_checksum text;

create table audit.mending (
    mending_id bigint generated always as identity primary key,
    publication_id integer references audit.publication,
    tables text [] not null,
    name text not null check (name ~ '\w\S*\s+\S*\w'),
    reason text not null check (reason ~ '\w'),
    login text not null default session_user,
    mended_at timestamptz not null default clock_timestamp()
);
comment on table audit.mending is 'One row per time that somebody put back what had been changed in marts, histories or places: who, why, which tables';
grant select on audit.mending to loader, transformer, publisher, auditor;
