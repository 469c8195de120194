create or replace view marts.publication as
with current_one as (select max(publication_id) as publication_id from audit.publication),

last_good as (
    select started_at, business_date
    from audit.refresh
    where status in ('published', 'unchanged')
    order by started_at desc
    limit 1
),

blocked as (
    select format('These are the figures of %s, because %s', to_char(g.business_date, 'FMDay FMDD FMMonth YYYY'), r.message) as note
    from last_good as g
    inner join audit.refresh as r on r.started_at > g.started_at
    where r.status = 'failed'
    order by r.started_at desc
    limit 1
)

select
    p.publication_id,
    p.published_at,
    p.business_date,
    p.code_version,
    p.changed_rows,
    p.verdict,
    p.publication_id = c.publication_id as is_current,
    case when p.publication_id = c.publication_id then b.note end as note,
    exists (
        select 1 from audit.refresh_input as i where i.refresh_id = p.refresh_id and i.is_generated
    ) as is_generated,
    r.code_commit
from audit.publication as p
inner join audit.refresh as r using (refresh_id)
cross join current_one as c
left join blocked as b on true;

comment on view marts.publication is 'One row per published state of all marts. The current one''s note says why it has not been replaced since.';
comment on column marts.publication.publication_id is 'Its number: each publication has the next one';
comment on column marts.publication.published_at is 'When readers saw it first';
comment on column marts.publication.business_date is 'Day that it was made for';
comment on column marts.publication.code_version is 'Version of the rules that it was made by: a hash of models, seeds and settings';
comment on column marts.publication.changed_rows is 'Rows of all marts that are other than in the publication before';
comment on column marts.publication.verdict is 'What the checks said of it: passed, or there would be none';
comment on column marts.publication.is_current is 'Whether these are the figures that readers see now';
comment on column marts.publication.note is 'Why nothing newer has replaced it; empty where nothing failed since';
comment on column marts.publication.is_generated is 'Whether a file behind it is one of the made-up extracts that ship with the project';
comment on column marts.publication.code_commit is 'The commit that its code was checked out at, with + where files that decide the figures had been changed since; empty where nobody knows';
grant select on marts.publication to bi_reader, auditor, publisher;
