with people as (

    select * from {{ ref('int_workforce__people') }}

),

closed as (

    {{ closed_cells('workforce', 'by_worker_type', {
        'force_code': 'text', 'as_at_date': 'date', 'worker_type': 'text'
    }) }}

),

counted as (

    select
        force_code,
        as_at_date,
        worker_type,
        source_dataset,
        max(source_vintage collate "C") as source_vintage,
        sum(headcount) as headcount,
        sum(fte) as fte,
        bool_or(is_generated) as is_generated
    from people
    group by force_code, as_at_date, worker_type, source_dataset

),

-- A closed count has no figure from here on, so that no rate is made of it.
final as (

    select
        counted.force_code,
        counted.as_at_date,
        counted.worker_type,
        counted.source_dataset,
        counted.source_vintage,
        counted.is_generated,
        closed.force_code is not null as is_suppressed,
        case
            when closed.force_code is null then {{ rounded('counted.headcount', 'workforce') }}::bigint
        end as headcount,
        case when closed.force_code is null then {{ rounded('counted.fte', 'workforce') }} end as fte
    from counted
    left join closed using (force_code, as_at_date, worker_type)

)

select * from final
