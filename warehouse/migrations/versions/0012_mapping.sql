-- A published spelling as the mapping seeds hold it.
create function audit.published_key(published text) returns text
language sql immutable parallel safe
return trim(regexp_replace(replace(lower(published), '&', ' and '), '\s+', ' ', 'g'));
comment on function audit.published_key is 'A published spelling as the mapping seeds hold it: lower case, & as and, single spaces';

alter table audit.batch add column judged_by text;
grant update (judged_by) on audit.batch to auditor;
comment on column audit.batch.judged_by is 'Hash of the contract and the mapping seeds that refused the batch: once they change, it is judged again';
