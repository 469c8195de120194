create or replace view marts.figure_change as
select
    m.publication_id,
    case m.schema_name when 'marts' then m.mart else m.schema_name || '.' || m.mart end as mart,
    c.row_key,
    c.row_name,
    c.column_name,
    c.was,
    c."is",
    coalesce(w.cause, 'unexplained') as cause,
    w.cause_detail
from marts.publication_mart as m
inner join marts.publication_mart as b
    on (b.schema_name, b.mart) = (m.schema_name, m.mart) and b.publication_id = m.publication_id - 1 and not b.is_retired
cross join lateral marts.changes_of(
    m.publication_id, m.schema_name, m.mart, m.key_columns,
    array(select name from unnest(m.column_names) as name where name = any(b.column_names) and name <> all(m.key_columns))
) as c
left join marts.change_cause as w
    on w.publication_id = m.publication_id
    and w.mart = case m.schema_name when 'marts' then m.mart else m.schema_name || '.' || m.mart end
where m.inserted + m.updated + m.deleted > 0;

comment on view marts.figure_change is 'One row per published value that a publication changed, or row that came or went: was, is, and why. Ask for one publication_id, or for one mart: all of the past is long';
comment on column marts.figure_change.publication_id is 'Publication that changed it; compared with the one before';
comment on column marts.figure_change.mart is 'Mart that holds the figure';
comment on column marts.figure_change.row_key is 'Key of the row, as JSON';
comment on column marts.figure_change.row_name is 'What the row''s codes are called: its columns that end in _name';
comment on column marts.figure_change.column_name is 'Column that changed; * where the whole row came or went';
comment on column marts.figure_change.was is 'Value before; none where the row is new';
comment on column marts.figure_change."is" is 'Value since; none where the row went';
comment on column marts.figure_change.cause is 'Why the mart changed; see change_cause';
comment on column marts.figure_change.cause_detail is 'What exactly: feeds, persons, seeds, rules';
grant select on marts.figure_change to bi_reader, auditor;
