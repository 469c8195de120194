with feed as (

    {{ this_refresh('mps_monthly_crime') }}

),

area_aliases as (

    select * from {{ ref('ref_area_alias') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.layout,
        feed.coverage,
        feed.is_generated,
        feed.month,
        {{ published_key('feed.area_type') }} as area_type,
        feed.area_name as published_area,
        coalesce(feed.area_code, area_aliases.area_code) as area_code,
        {{ published_key('feed.offence_group') }} as published_group_key,
        {{ published_key('feed.offence_subgroup') }} as published_subgroup_key,
        {{ label_code('feed.measure') }} as measure_code,
        feed.offence_count,
        feed.refreshed_on
    from feed
    left join area_aliases on {{ published_key('feed.area_name') }} = area_aliases.published_area_key

)

select * from final
