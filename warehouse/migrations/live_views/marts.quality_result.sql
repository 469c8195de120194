create or replace view marts.quality_result as
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
    case when not coalesce(d.is_restricted, starts_with(c.table_name, 'restricted.')) then c.message end as message,
    c.remedy,
    c.checked_at
from audit.check_result as c
left join failing as f using (check_name, table_name)
left join audit.dataset as d on c.table_name = d.dataset;

comment on view marts.quality_result is 'One row per check and run: what is broken, since when, who fixes it? Live, outside the gate.';
comment on column marts.quality_result.check_name is 'The check, by its feed or mart and what it asks';
comment on column marts.quality_result.run_kind is 'batch: a file was judged; refresh: the candidates of a night';
comment on column marts.quality_result.table_name is 'Feed or mart that was checked';
comment on column marts.quality_result.tool is 'What ran it: soda, dbt, or the warehouse itself';
comment on column marts.quality_result.severity is 'fail: it stops the file or the night; warn: it is told';
comment on column marts.quality_result.kind is 'source: is the feed as promised; unit: does the rule do what it says; integrity: do the parts fit; review: is it plausible';
comment on column marts.quality_result.owner is 'Who mends what it finds';
comment on column marts.quality_result.value is 'What it measured';
comment on column marts.quality_result.failing_rows is 'Rows that do not hold';
comment on column marts.quality_result.remedy is 'What its owner is to do';
comment on column marts.quality_result.checked_at is 'When it ran';
comment on column marts.quality_result.run is 'batch_id for a check of a feed, refresh_id for a check of candidates';
comment on column marts.quality_result.failing_since is 'When the check first failed after it last passed';
comment on column marts.quality_result.outcome is 'passed, failed, not_evaluated, or overruled: it failed, and a person has accepted the file all the same';
comment on column marts.quality_result.message is 'What is wrong, in one line; empty where it could quote what not everybody may read: auditors see it in audit.check_result';
grant select on marts.quality_result to bi_reader, auditor;
