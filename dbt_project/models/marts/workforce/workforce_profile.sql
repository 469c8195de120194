with published as (

    select * from {{ ref('stg_home_office__workforce_open_data') }}

),

forces as (

    select * from {{ ref('dim_force') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

-- A release that does not tell ranks or sexes says nothing of who they are.
detailed as (

    select
        *,
        max(vintage_order) over (partition by as_at_date) as last_order
    from published
    where coverage = 'full' and rank_code <> 'all' and sex_code <> 'all'

),

by_sex as (

    select
        force_code,
        as_at_date,
        worker_type,
        rank_code,
        source_dataset,
        source_vintage,
        coalesce(sex_code, 'all') as category,
        case when grouping(sex_code) = 1 then 'all' else 'sex' end as breakdown,
        min(rank_name) as rank_name,
        sum(headcount) as headcount,
        sum(fte) as fte,
        bool_or(is_generated) as is_generated
    from detailed
    where vintage_order = last_order
    group by
        force_code, as_at_date, worker_type, rank_code, source_dataset, source_vintage,
        grouping sets ((sex_code), ())

),

final as (

    select
        by_sex.force_code,
        by_sex.as_at_date,
        by_sex.worker_type,
        by_sex.rank_code,
        by_sex.breakdown,
        by_sex.category,
        by_sex.source_dataset,
        forces.force_name,
        worker_types.worker_type_name,
        by_sex.rank_name,
        by_sex.headcount,
        by_sex.fte,
        false as is_suppressed,
        by_sex.source_vintage,
        by_sex.is_generated
    from by_sex
    inner join forces using (force_code)
    inner join worker_types using (worker_type)

)

select * from final
