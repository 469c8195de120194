-- What else than its period tells a file from others of its publication, such as the police force.
alter table audit.batch add column label text;
update audit.batch set label = substring(vintage from '^[0-9]{4}-[0-9]{2}-([a-z][a-z-]*)');

-- An acceptance is of bytes, as a sign-off is: another file of the same period is judged anew.
create table audit.acceptance (
    dataset text not null,
    sha256 text not null,
    name text not null,
    reason text not null,
    accepted_at timestamptz not null default clock_timestamp(),
    primary key (dataset, sha256),
    foreign key (dataset, sha256) references audit.source_file
);
comment on table audit.acceptance is 'One row per file that differs much from the one before: who says that the change is true, and why';

grant select on audit.acceptance to loader, transformer, auditor, publisher;
grant insert on audit.acceptance to auditor;

alter table audit.check_result drop constraint check_result_outcome_check;
alter table audit.check_result add constraint check_result_outcome_check
check (outcome in ('passed', 'failed', 'not_evaluated', 'overruled'));
comment on column marts.quality_result.outcome is 'passed, failed, not_evaluated, or overruled: it failed, and a person has accepted the file all the same';
