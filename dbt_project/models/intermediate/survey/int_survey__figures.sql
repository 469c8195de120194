with published as (

    select * from {{ ref('stg_mopac__public_attitude') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

-- A later file takes a quarter of its level over whole.
latest as (

    select
        published.*,
        areas.area_type = 'police_area' as is_police_area,
        published.vintage_order = max(published.vintage_order) over (
            partition by areas.area_type = 'police_area', published.quarter_end
        ) as is_latest
    from published
    inner join areas using (area_code)
    where published.coverage = 'full'

),

-- The whole area's own file first; else what the borough file repeats beside each borough.
police_area as (

    select distinct on (quarter_end, measure_code)
        quarter_end,
        measure_code,
        source_dataset,
        source_vintage,
        is_generated,
        case when is_police_area then proportion_pct else police_area_pct end as proportion_pct
    from latest
    where is_latest and (is_police_area or police_area_pct is not null)
    order by quarter_end asc, measure_code asc, is_police_area desc, area_code collate "C" asc

),

final as (

    select
        latest.area_code,
        latest.quarter_end,
        latest.measure_code,
        latest.proportion_pct,
        police_area.proportion_pct as london_pct,
        latest.source_dataset,
        latest.source_vintage,
        latest.is_generated
    from latest
    left join police_area using (quarter_end, measure_code)
    where latest.is_latest and not latest.is_police_area

    union all

    select
        areas.area_code,
        police_area.quarter_end,
        police_area.measure_code,
        police_area.proportion_pct,
        police_area.proportion_pct as london_pct,
        police_area.source_dataset,
        police_area.source_vintage,
        police_area.is_generated
    from police_area
    inner join areas on areas.area_type = 'police_area'

)

select * from final
