with feed as (

    {{ this_refresh('home_office_workforce_open_data') }}

),

forces as (

    select * from {{ ref('ref_force_alias') }}

),

workers as (

    select * from {{ ref('ref_worker_type_alias') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

-- The publisher's days are 31 March. A year alone was read as its January, and whoever kept the others wrote the first
-- day of the month. Volunteers have no hours, so that their full-time equivalents of 0 are no figure.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.force_name as published_name,
        forces.force_code,
        workers.worker_type,
        {{ label_code('feed.rank_name') }} as rank_code,
        feed.rank_name,
        {{ label_code('feed.sex') }} as sex_code,
        case
            when extract(month from feed.as_at_month) = 1
                then make_date(extract(year from feed.as_at_month)::integer, 3, 31)
            else (date_trunc('month', feed.as_at_month) + interval '1 month - 1 day')::date
        end as as_at_date,
        case when not worker_types.is_volunteer then feed.fte end as fte,
        feed.headcount
    from feed
    left join forces on {{ published_key('feed.force_name') }} = forces.published_force_key
    left join workers on {{ published_key('feed.worker_type') }} = workers.published_worker_key
    left join worker_types on workers.worker_type = worker_types.worker_type

)

select * from final
