with figures as (

    select * from {{ ref('int_survey__figures') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

measures as (

    select distinct
        measure_code,
        measure_name
    from {{ ref('ref_survey_measure') }}

),

final as (

    select
        figures.area_code as borough_code,
        figures.quarter_end,
        figures.measure_code,
        areas.area_name as borough_name,
        areas.area_type,
        measures.measure_name,
        round(figures.proportion_pct, 2) as proportion_pct,
        round(figures.london_pct, 2) as london_pct,
        round(figures.proportion_pct - figures.london_pct, 2) as gap_pp,
        round(figures.proportion_pct - year_before.proportion_pct, 2) as change_on_year_pp,
        figures.source_dataset,
        figures.source_vintage,
        figures.is_generated
    from figures
    inner join areas using (area_code)
    inner join measures using (measure_code)
    left join figures as year_before
        on
            figures.area_code = year_before.area_code
            and figures.measure_code = year_before.measure_code
            and figures.quarter_end = year_before.quarter_end + interval '1 year'

)

select * from final
