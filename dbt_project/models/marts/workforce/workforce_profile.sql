with open_figures as (

    select * from {{ ref('int_workforce__open_profile') }}

),

people as (

    select * from {{ ref('int_workforce__people_profile') }}

),

closed as (

    select * from {{ ref('int_workforce__closed_profile') }}

),

controlled as (

    select
        people.force_code,
        people.as_at_date,
        people.worker_type,
        people.rank_code,
        people.source_dataset,
        people.source_vintage,
        people.category,
        people.breakdown,
        people.rank_name,
        {{ rounded('people.headcount', 'workforce') }}::bigint as headcount,
        {{ rounded('people.fte', 'workforce') }} as fte,
        people.is_generated,
        closed.force_code is not null as is_suppressed
    from people
    left join closed using (force_code, as_at_date, worker_type, rank_code, breakdown, category)

),

-- What the publisher prints has nothing left to close.
profiles as (

    select
        *,
        false as is_suppressed
    from open_figures
    union all
    select * from controlled

),

final as (

    select
        profiles.force_code,
        profiles.as_at_date,
        profiles.worker_type,
        profiles.rank_code,
        profiles.breakdown,
        profiles.category,
        profiles.source_dataset,
        forces.force_name,
        worker_types.worker_type_name,
        profiles.rank_name,
        case when not profiles.is_suppressed then profiles.headcount end as headcount,
        case when not profiles.is_suppressed then profiles.fte end as fte,
        profiles.is_suppressed,
        profiles.source_vintage,
        profiles.is_generated
    from profiles
    inner join {{ ref('dim_force') }} as forces using (force_code)
    inner join {{ ref('ref_worker_type') }} as worker_types using (worker_type)

)

select * from final
