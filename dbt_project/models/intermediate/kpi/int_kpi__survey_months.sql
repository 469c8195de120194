with figures as (

    select * from {{ ref('int_survey__figures') }}

),

kpi_measures as (

    select * from {{ ref('ref_kpi_survey_measure') }}

),

final as (

    select
        kpi_measures.kpi_code,
        figures.area_code,
        date_trunc('month', figures.quarter_end)::date as month,
        figures.source_dataset,
        figures.source_vintage,
        figures.measure_code as series_code,
        figures.is_generated,
        figures.proportion_pct as value
    from figures
    inner join kpi_measures using (measure_code)

)

select * from final
