-- A sign-off is of bytes, not of a name: an edited file is another file, and unsigned.
create table audit.sign_off (
    dataset text not null,
    sha256 text not null,
    name text not null,
    role text not null,
    signed_on date not null,
    statement text not null,
    recorded_at timestamptz not null default clock_timestamp(),
    primary key (dataset, sha256),
    foreign key (dataset, sha256) references audit.source_file
);
comment on table audit.sign_off is 'One row per signed file of a dataset: the person who answers for its figures';

grant select on audit.sign_off to loader, transformer, auditor, publisher;
grant insert on audit.sign_off to loader;
