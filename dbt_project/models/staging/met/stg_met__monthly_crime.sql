with feed as (

    select * from {{ source('raw', 'mps_monthly_crime') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

area_aliases as (

    select * from {{ ref('ref_area_alias') }}

),

final as (

    select
        refresh_inputs.dataset as source_dataset,
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        refresh_inputs.layout,
        refresh_inputs.coverage,
        refresh_inputs.is_generated,
        feed.month,
        {{ published_key('feed.area_type') }} as area_type,
        feed.area_name as published_area,
        coalesce(feed.area_code, area_aliases.area_code) as area_code,
        {{ published_key('feed.offence_group') }} as published_group_key,
        {{ published_key('feed.offence_subgroup') }} as published_subgroup_key,
        {{ label_code('feed.measure') }} as measure_code,
        feed.offence_count,
        feed.refreshed_on
    from refresh_inputs
    inner join feed on refresh_inputs.batch_id = feed._batch_id
    left join area_aliases on {{ published_key('feed.area_name') }} = area_aliases.published_area_key
    where refresh_inputs.refresh_id = '{{ refresh_id() }}'

)

select * from final
