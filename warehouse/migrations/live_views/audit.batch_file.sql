create or replace view audit.batch_file as
select
    b.batch_id,
    coalesce(b.file_name, f.name) as name,
    coalesce(b.arrived_at, f.fetched_at) as arrived_at
from audit.batch as b
inner join audit.source_file as f using (dataset, sha256);

comment on view audit.batch_file is 'One row per batch: the name that its file bore, and when it arrived to be this batch; bytes that come back arrive anew';
grant select on audit.batch_file to loader, transformer, publisher, auditor;
