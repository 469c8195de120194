-- Noted once, by whoever loads (or, of a batch from before there were checksums, by the first refresh that uses it).
create table audit.batch_checksum (
    batch_id text primary key references audit.batch,
    row_count bigint not null,
    checksum text not null,
    column_names text [] not null
);
comment on table audit.batch_checksum is 'One row per batch: what raw held of it when it was loaded, which every refresh is held against';
grant select on audit.batch_checksum to loader, transformer, publisher, auditor;
grant insert on audit.batch_checksum to loader, transformer;

-- What was in a mart's history when the publication was made: nothing is added, taken or changed until the next one.
alter table audit.publication_mart
add column history_rows bigint,
add column history_checksum text,
add column history_columns text [];
