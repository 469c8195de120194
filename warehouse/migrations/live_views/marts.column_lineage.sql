create or replace view marts.column_lineage as
select
    case schema_name when 'marts' then mart else schema_name || '.' || mart end as mart,
    column_name,
    source_relation || '.' || source_column as source_column,
    kind,
    path
from audit.column_lineage
where code_version = (select code_version from audit.publication order by publication_id desc limit 1);

comment on view marts.column_lineage is 'One row per published column, column that it comes from and what becomes of that, by the code of the current publication';
comment on column marts.column_lineage.mart is 'Mart of the column';
comment on column marts.column_lineage.column_name is 'Published column; * where the source decides which rows the mart has';
comment on column marts.column_lineage.source_column is 'Column of a published file (raw), of a paper or reference table (seed), or of what the refresh knows (audit); * is a count of rows, (stated) a constant of the rule itself';
comment on column marts.column_lineage.kind is 'copied: its value as it is; computed: its value goes into a calculation; filtered, joined, grouped: it decides which rows there are';
comment on column marts.column_lineage.path is 'Models that a value passes, from the mart down';
grant select on marts.column_lineage to bi_reader, auditor;
