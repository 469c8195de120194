create view marts.data_freshness as
with latest_accepted as (
    select distinct on (b.dataset)
        b.dataset, b.vintage, b.period_end, b.decided_at, b.is_generated
    from audit.batch as b
    inner join audit.source_file as f using (dataset, sha256)
    where b.status = 'accepted'
    order by b.dataset asc, b.is_generated asc, b.period_end desc, f.fetched_at desc, b.sha256 desc
),

latest_arrival as (
    select distinct on (dataset) dataset, status, reason, loaded_at
    from audit.batch
    order by dataset asc, loaded_at desc
),

rows_by_dataset as (
    select
        b.dataset,
        sum(b.records_loaded) filter (where b.status = 'accepted') as rows_loaded,
        sum(b.records_quarantined) as rows_quarantined,
        sum(b.records_skipped) as rows_skipped
    from audit.batch as b
    group by b.dataset
),

aged as (
    select
        d.*,
        a.vintage,
        (date_trunc('month', a.period_end) + interval '1 month - 1 day')::date as last_publication_date,
        a.is_generated,
        l.status as latest_status,
        l.reason as latest_reason,
        l.loaded_at as last_batch_at,
        coalesce(r.rows_loaded, 0) as rows_loaded,
        coalesce(r.rows_quarantined, 0) as rows_quarantined,
        coalesce(r.rows_skipped, 0) as rows_skipped
    from audit.dataset as d
    left join latest_accepted as a using (dataset)
    left join latest_arrival as l using (dataset)
    left join rows_by_dataset as r using (dataset)
)

select
    dataset,
    title,
    publisher,
    vintage as latest_vintage,
    last_publication_date,
    last_batch_at,
    (now() at time zone 'Europe/London')::date - last_publication_date as age_days,
    expected_every_days,
    case
        when latest_status = 'refused' then 'failing'
        when vintage is null then 'no_feed'
        when (now() at time zone 'Europe/London')::date - last_publication_date > expected_every_days then 'stale'
        else 'fresh'
    end as status,
    case when latest_status = 'refused' then latest_reason end as status_reason,
    rows_loaded,
    rows_quarantined,
    rows_skipped,
    coalesce(is_generated, false) as is_generated,
    licence
from aged;

create view marts.quality_result as
with latest_pass as (
    select check_name, table_name, max(checked_at) as passed_at
    from audit.check_result
    where outcome = 'passed'
    group by check_name, table_name
),

failing as (
    select c.check_name, c.table_name, min(c.checked_at) as failing_since
    from audit.check_result as c
    left join latest_pass as p using (check_name, table_name)
    where c.outcome <> 'passed' and (p.passed_at is null or c.checked_at > p.passed_at)
    group by c.check_name, c.table_name
)

select
    c.check_name,
    c.run_id as run,
    c.run_kind,
    c.table_name,
    c.tool,
    c.severity,
    c.kind,
    c.owner,
    c.outcome,
    c.value,
    c.failing_rows,
    case when c.outcome <> 'passed' then f.failing_since end as failing_since,
    c.message,
    c.remedy,
    c.checked_at
from audit.check_result as c
left join failing as f using (check_name, table_name);

create view marts.publication as
with current_one as (select max(publication_id) as publication_id from audit.publication),

blocked as (
    select string_agg(format('not replaced on %s: %s', r.business_date, r.message), '; ' order by r.started_at) as note
    from audit.refresh as r
    where
        r.status = 'failed'
        and r.started_at > coalesce(
            (select max(ok.started_at) from audit.refresh as ok where ok.status in ('published', 'unchanged')), '-infinity'
        )
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
    ) as is_generated
from audit.publication as p
cross join current_one as c
cross join blocked as b;

create view marts.publication_input as
select p.publication_id, i.dataset, i.vintage, i.batch_id, i.vintage_order, i.layout, i.coverage, i.is_generated
from audit.publication as p
inner join audit.refresh_input as i using (refresh_id);

comment on view marts.data_freshness is 'One row per dataset: can this morning''s figures be trusted, and how old are they? Live, outside the gate.';
comment on view marts.quality_result is 'One row per check and run: what is broken, since when, who fixes it? Live, outside the gate.';
comment on view marts.publication is 'One row per published state of all marts. The current one''s note says why it was not replaced since.';
comment on view marts.publication_input is 'One row per publication and batch: the vintages a publication was made from.';
comment on column marts.data_freshness.last_publication_date is 'Last day of the last period the newest accepted vintage covers';
comment on column marts.data_freshness.age_days is 'Days in London since last_publication_date';
comment on column marts.data_freshness.status is 'failing: the newest arrival was refused; no_feed: nothing accepted yet; stale: older than expected_every_days; else fresh';
comment on column marts.quality_result.run is 'batch_id for a check of a feed, refresh_id for a check of candidates';
comment on column marts.quality_result.failing_since is 'When the check first failed after it last passed';
grant select on marts.data_freshness, marts.quality_result, marts.publication, marts.publication_input to bi_reader, auditor;
