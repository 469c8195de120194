with published as (

    select * from {{ ref('stg_mopac__public_attitude') }}
    where coverage = 'full'

),

areas as (

    select * from {{ ref('ref_borough') }}

),

kpi_measures as (

    select * from {{ ref('ref_kpi_survey_measure') }}

),

-- The whole police area has a file of its own, or is what the borough file repeats beside each borough.
figures as (

    select
        published.*,
        published.area_code as kpi_area_code,
        published.proportion_pct as figure_pct
    from published

    union all

    select
        published.*,
        areas.area_code as kpi_area_code,
        published.police_area_pct as figure_pct
    from published
    inner join areas on areas.area_type = 'police_area'

),

dated as (

    select
        *,
        date_trunc('month', max(quarter_end) over (partition by source_vintage))::date as vintage_last_month
    from figures

),

-- Twelve months that end with March are a financial year.
final as (

    select distinct
        kpi_measures.kpi_code,
        dated.kpi_area_code,
        dated.source_dataset,
        dated.source_vintage,
        dated.vintage_order,
        dated.vintage_last_month,
        dated.is_generated,
        dated.measure_code as series_code,
        {{ financial_year_start('dated.quarter_end') }} as year_start,
        dated.figure_pct as proportion_pct
    from dated
    inner join kpi_measures using (measure_code)
    where extract(month from dated.quarter_end) = 3 and dated.figure_pct is not null

)

select * from final
