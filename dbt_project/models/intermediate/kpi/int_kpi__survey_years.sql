with published as (

    select * from {{ ref('stg_mopac__public_attitude') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

kpi_measures as (

    select * from {{ ref('ref_kpi_survey_measure') }}

),

-- The whole police area, by its own row or as the borough file repeats it.
police_area as (

    select distinct
        published.source_dataset,
        published.source_vintage,
        published.vintage_order,
        published.is_generated,
        published.quarter_end,
        published.measure_code,
        case areas.area_type when 'police_area' then published.proportion_pct else published.police_area_pct end
            as proportion_pct,
        date_trunc('month', max(published.quarter_end) over (partition by published.source_vintage))::date
            as vintage_last_month
    from published
    inner join areas using (area_code)
    where published.coverage = 'full'

),

-- Twelve months that end with March are a financial year.
final as (

    select
        kpi_measures.kpi_code,
        police_area.source_dataset,
        police_area.source_vintage,
        police_area.vintage_order,
        police_area.vintage_last_month,
        police_area.is_generated,
        police_area.measure_code as series_code,
        {{ financial_year_start('police_area.quarter_end') }} as year_start,
        police_area.proportion_pct
    from police_area
    inner join kpi_measures using (measure_code)
    where extract(month from police_area.quarter_end) = 3 and police_area.proportion_pct is not null

)

select * from final
