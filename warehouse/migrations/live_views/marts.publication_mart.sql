create or replace view marts.publication_mart as
with tables_now as (
    select n.nspname as schema_name, c.relname as mart, has_table_privilege(c.oid, 'select') as is_open
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname in ('history', 'restricted_history') and has_schema_privilege(n.oid, 'usage')
)

select
    p.publication_id,
    p.schema_name,
    p.mart,
    p.row_count,
    p.inserted,
    p.updated,
    p.deleted,
    case when not p.is_closed then p.checksum end as checksum,
    p.column_names,
    p.is_retired,
    p.key_columns
from audit.publication_mart as p
inner join tables_now as t
    on p.mart = t.mart and t.schema_name = case p.schema_name when 'restricted' then 'restricted_history' else 'history' end
where t.is_open;

comment on view marts.publication_mart is 'One row per mart of a publication, of those that the reader may read: rows, columns and checksum as published; no checksum where small counts of it were closed since';
grant select on marts.publication_mart to bi_reader, auditor, publisher;
