with feed as (

    {{ this_refresh('public_attitude_survey') }}

),

area_aliases as (

    select * from {{ ref('ref_area_alias') }}

),

measures as (

    select * from {{ ref('ref_survey_measure') }}

),

percents as (

    select
        *,
        case unit when 'share' then 100 else 1 end as percent_per_unit
    from feed

),

final as (

    select
        percents.source_dataset,
        percents.source_vintage,
        percents.vintage_order,
        percents.layout,
        percents.coverage,
        percents.is_generated,
        (date_trunc('month', percents.quarter_end) + interval '1 month - 1 day')::date as quarter_end,
        percents.area_name as published_area,
        percents.measure as published_measure,
        area_aliases.area_code,
        measures.measure_code,
        percents.proportion * percents.percent_per_unit as proportion_pct,
        percents.police_area_proportion * percents.percent_per_unit as police_area_pct
    from percents
    left join area_aliases on {{ published_key('percents.area_name') }} = area_aliases.published_area_key
    left join measures on {{ published_key('percents.measure') }} = measures.published_measure_key

)

select * from final
