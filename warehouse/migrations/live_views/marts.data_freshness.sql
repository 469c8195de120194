create or replace view marts.data_freshness as
with latest_accepted as (
    select distinct on (b.dataset)
        b.dataset, b.vintage, b.period_end, b.decided_at, b.is_generated,
        case
            when b.says like '% without=%'
                then format('%s left out of %s: %s', split_part(b.says, 'without=', 2), b.vintage, a.reason)
        end as left_out
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    left join audit.acceptance as a on (a.dataset, a.sha256) = (b.dataset, b.sha256)
    where b.status = 'accepted'
    order by b.dataset asc, b.is_generated asc, b.period_end desc, f.arrived_at desc, b.sha256 desc
),

latest_arrival as (
    select distinct on (dataset) dataset, status, reason, loaded_at
    from audit.batch
    order by dataset asc, loaded_at desc
),

refused as (
    select
        dataset,
        count(*) as files,
        min(refused_at) as oldest_at,
        (array_agg(open_reason order by refused_at desc, file_name))[1] as newest_reason
    from audit.standing_refusal
    group by dataset
),

rows_by_dataset as (
    select
        b.dataset,
        sum(b.records_loaded) filter (where b.status = 'accepted') as rows_loaded,
        sum(b.records_quarantined) as rows_quarantined,
        sum(b.records_skipped) as rows_skipped
    from audit.batch as b
    where b.status <> 'superseded'
    group by b.dataset
),

latest_refresh as (select refresh_id from audit.refresh order by started_at desc limit 1),

too_old as (
    select c.table_name as dataset, c.message
    from audit.check_result as c
    inner join latest_refresh as r on r.refresh_id = c.run_id
    where c.tool = 'warehouse' and c.outcome = 'failed' and c.severity = 'fail'
),

aged as (
    select
        d.*,
        a.vintage,
        (date_trunc('month', a.period_end) + interval '1 month - 1 day')::date as last_publication_date,
        a.is_generated,
        a.left_out,
        coalesce(n.files, 0) as refused_files,
        n.oldest_at as oldest_refusal_at,
        case
            when n.files > 1
                then format(
                    '%s files refused since %s, the last: %s',
                    n.files, (n.oldest_at at time zone 'Europe/London')::date, n.newest_reason
                )
            else n.newest_reason
        end as refused_reason,
        l.status as latest_status,
        l.reason as latest_reason,
        l.loaded_at as last_batch_at,
        t.message as required_reason,
        coalesce(r.rows_loaded, 0) as rows_loaded,
        coalesce(r.rows_quarantined, 0) as rows_quarantined,
        coalesce(r.rows_skipped, 0) as rows_skipped
    from audit.dataset as d
    left join latest_accepted as a using (dataset)
    left join latest_arrival as l using (dataset)
    left join refused as n using (dataset)
    left join too_old as t using (dataset)
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
        when refused_files > 0 or required_reason is not null then 'failing'
        when vintage is null then 'no_feed'
        when (now() at time zone 'Europe/London')::date - last_publication_date > expected_every_days then 'stale'
        else 'fresh'
    end as status,
    nullif(concat_ws(
        '; ',
        required_reason,
        case
            when is_restricted and refused_files > 0
                then 'refused: why is told to auditors alone, for it could quote the file'
            else refused_reason
        end,
        case when is_restricted and left_out is not null then 'months are left out of the latest file' else left_out end,
        case
            when latest_status is distinct from 'withdrawn' then null
            when is_restricted then 'withdrawn: why is told to auditors alone, for it could quote the file'
            else 'withdrawn: ' || latest_reason
        end
    ), '') as status_reason,
    rows_loaded,
    rows_quarantined,
    rows_skipped,
    coalesce(is_generated, false) as is_generated,
    licence,
    refused_files,
    oldest_refusal_at
from aged;

comment on view marts.data_freshness is 'One row per dataset: can this morning''s figures be trusted, and how old are they? Live, outside the gate.';
comment on column marts.data_freshness.dataset is 'Code of the feed';
comment on column marts.data_freshness.title is 'Its name, for people';
comment on column marts.data_freshness.publisher is 'Who publishes it';
comment on column marts.data_freshness.latest_vintage is 'Its newest accepted file, by the last period that it covers; empty where there is none';
comment on column marts.data_freshness.last_batch_at is 'When a file of it came last, whatever became of it';
comment on column marts.data_freshness.expected_every_days is 'After how many days a newer one is expected';
comment on column marts.data_freshness.status_reason is 'What is wrong with it, in words; empty where nothing is';
comment on column marts.data_freshness.rows_loaded is 'Rows of its accepted files';
comment on column marts.data_freshness.rows_quarantined is 'Records set aside with a reason';
comment on column marts.data_freshness.rows_skipped is 'Records left out by a named rule: preambles, total rows, footnotes';
comment on column marts.data_freshness.is_generated is 'Whether its newest file is one of the made-up extracts that ship with the project';
comment on column marts.data_freshness.licence is 'Licence under which it is published';
comment on column marts.data_freshness.last_publication_date is 'Last day of the last period the newest accepted vintage covers';
comment on column marts.data_freshness.age_days is 'Days in London since last_publication_date';
comment on column marts.data_freshness.status is 'failing: a refused file waits to be replaced or settled, or publication waits for a newer one; no_feed: nothing accepted yet; stale: older than expected_every_days; else fresh';
comment on column marts.data_freshness.refused_files is 'Refused files that no good one of the same period has replaced and nobody has settled';
comment on column marts.data_freshness.oldest_refusal_at is 'When the oldest of them was refused';
grant select on marts.data_freshness to bi_reader, auditor;
