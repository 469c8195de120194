with feed as (

    {{ this_refresh('home_office_workforce') }}

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

-- A force may have the name of its region, so only a row of its own is a force.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.row_kind,
        feed.area_name as published_name,
        feed.region_name,
        forces.force_code,
        workers.worker_type,
        coalesce(worker_types.is_total, false) as is_total,
        feed.as_at_date,
        case when feed.unit = 'Full-time equivalents' then feed.figure end as fte,
        case when feed.unit = 'Headcount' then feed.figure::bigint end as headcount,
        case feed.mark when '..' then 'not available' when '*' then 'not applicable' end as missing_reason,
        feed.footnotes,
        feed._source_column as citation
    from feed
    left join forces
        on feed.row_kind = 'row' and {{ published_key('feed.area_name') }} = forces.published_force_key
    left join workers on {{ published_key('feed.worker_type') }} = workers.published_worker_key
    left join worker_types on workers.worker_type = worker_types.worker_type

)

select * from final
