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
comment on column marts.publication_mart.publication_id is 'Publication that the mart stood in';
comment on column marts.publication_mart.schema_name is 'marts; restricted where named readers alone may read it';
comment on column marts.publication_mart.mart is 'Name of the mart';
comment on column marts.publication_mart.row_count is 'Rows that it had';
comment on column marts.publication_mart.inserted is 'Rows that were new in it';
comment on column marts.publication_mart.updated is 'Rows of which a value changed';
comment on column marts.publication_mart.deleted is 'Rows that went';
comment on column marts.publication_mart.checksum is 'Sum over its rows, by which two states are told apart; empty where small counts were closed since';
comment on column marts.publication_mart.column_names is 'Columns that it had, in their order';
comment on column marts.publication_mart.is_retired is 'Whether it was published for the last time before, and is no longer made';
comment on column marts.publication_mart.key_columns is 'Columns that tell its rows apart';
grant select on marts.publication_mart to bi_reader, auditor, publisher;
