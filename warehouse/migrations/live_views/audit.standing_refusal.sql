create or replace view audit.standing_refusal as
with judged as (
    select
        b.batch_id, b.dataset, b.sha256, b.says, b.status, b.label, b.coverage, b.period_end, b.is_generated, b.loaded_at,
        b.reason, b.remedy, b.layout is not null as is_of_dataset, f.name as file_name,
        coalesce(b.decided_at, b.loaded_at) as decided_at
    from audit.batch as b
    inner join audit.batch_file as f using (batch_id)
    where
        not b.is_generated
        or not exists (select from audit.batch as r where r.status in ('accepted', 'withdrawn') and not r.is_generated)
),

standing as (
    select b.dataset, b.batch_id, b.file_name, b.decided_at as refused_at, b.reason, b.remedy, b.is_of_dataset
    from judged as b
    where
        b.status = 'refused'
        and not exists (select from audit.decision as d where d.batch_id = b.batch_id and d.kind = 'dismiss')
        -- The same file judged again, or a good one of its period and kind; of a file without a period, its name tells.
        and not exists (
            select from judged as s
            where
                (s.dataset, s.is_generated) = (b.dataset, b.is_generated)
                and (
                    (
                        s.sha256 = b.sha256
                        and s.loaded_at > b.loaded_at
                        and (s.says is not distinct from b.says or s.status in ('accepted', 'superseded', 'empty'))
                    )
                    or (
                        s.status in ('accepted', 'superseded', 'empty')
                        and s.decided_at > b.loaded_at
                        and case
                            when b.period_end is null then s.file_name = b.file_name
                            else
                                s.period_end = b.period_end
                                and s.label is not distinct from b.label
                                and s.coverage = b.coverage
                        end
                    )
                )
        )
),

last_seen as (select distinct on (dataset, name) * from audit.arrival order by dataset, name, arrival_id desc),

unread as (
    select dataset, null::text as batch_id, name as file_name, seen_at as refused_at, reason, remedy, true as is_of_dataset
    from last_seen
    where state = 'unread'
),

all_refusals as (
    select * from standing
    union all
    select * from unread
)

select
    dataset,
    batch_id,
    file_name,
    refused_at,
    reason,
    remedy,
    -- What a file says that was not known to be the dataset's is nobody's to read.
    case when is_of_dataset then reason else regexp_replace(reason, '"(\\.|[^"\\])*"', '"…"', 'g') end as open_reason
from all_refusals;

comment on view audit.standing_refusal is 'One row per refused file that nothing has settled: no good file of its period and kind came after it, and no person has dismissed it';
comment on column audit.standing_refusal.open_reason is 'The reason as readers may see it';
grant select on audit.standing_refusal to loader, transformer, publisher, auditor;
