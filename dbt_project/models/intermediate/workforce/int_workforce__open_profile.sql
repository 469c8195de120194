with published as (

    select * from {{ ref('stg_home_office__workforce_open_data') }}

),

-- A release that does not tell ranks or sexes says nothing of who they are.
detailed as (

    select
        *,
        max(vintage_order) over (partition by as_at_date) as last_order
    from published
    where coverage = 'full' and rank_code <> 'all' and sex_code <> 'all'

),

final as (

    select
        force_code,
        as_at_date,
        worker_type,
        rank_code,
        source_dataset,
        source_vintage,
        coalesce(sex_code, 'all') as category,
        case when grouping(sex_code) = 1 then 'all' else 'sex' end as breakdown,
        min(rank_name collate "C") as rank_name,
        sum(headcount) as headcount,
        sum(fte) as fte,
        bool_or(is_generated) as is_generated
    from detailed
    where vintage_order = last_order
    group by
        force_code, as_at_date, worker_type, rank_code, source_dataset, source_vintage,
        grouping sets ((sex_code), ())

)

select * from final
