create or replace view marts.change_cause as
with changed as (
    select p.publication_id, p.refresh_id, p.code_version, r.message, m.schema_name, m.mart
    from audit.publication as p
    inner join audit.refresh as r using (refresh_id)
    inner join marts.publication_mart as m using (publication_id)
    where m.inserted + m.updated + m.deleted > 0
),

sources as (
    select distinct code_version, schema_name, mart, split_part(source_relation, '.', 2) as source_table
    from audit.column_lineage
),

causes as (
    select
        c.publication_id, c.schema_name, c.mart, w.cause, w.detail,
        w.source_table is null or exists (
            select from sources as s
            where (s.code_version, s.schema_name, s.mart, s.source_table)
                = (c.code_version, c.schema_name, c.mart, w.source_table)
        ) as is_its_own
    from changed as c
    inner join audit.refresh_cause as w using (refresh_id)

    union all

    select publication_id, schema_name, mart, 'restoration', message, true
    from changed
    where starts_with(refresh_id, 'restore-')
),

ordered as (
    select
        *,
        array_position(array['restoration', 'withdrawal', 'correction', 'acceptance', 'release', 'seed', 'code', 'day'], cause) as place,
        bool_or(is_its_own) over (partition by publication_id, schema_name, mart) as has_its_own
    from causes
)

select
    publication_id,
    case schema_name when 'marts' then mart else schema_name || '.' || mart end as mart,
    (array_agg(cause order by place, detail collate "C"))[1] as cause,
    string_agg(distinct detail, '; ' order by detail) as cause_detail
from ordered
where is_its_own or not has_its_own
group by publication_id, schema_name, mart;

comment on view marts.change_cause is 'One row per publication and mart that it changed: why. The first of several causes is named, all are in the detail';
comment on column marts.change_cause.publication_id is 'Publication that changed the mart';
comment on column marts.change_cause.mart is 'Mart that it changed';
comment on column marts.change_cause.cause is 'What changed it: a release, the correction of one, a withdrawal or acceptance by a person, a seed, the code, the day, or the restoration of an earlier publication';
comment on column marts.change_cause.cause_detail is 'The feeds with their vintages, persons with their reasons, seeds or rules, all that apply';
grant select on marts.change_cause to bi_reader, auditor;
