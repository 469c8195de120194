with figures as (

    select * from {{ ref('int_survey__figures') }}

),

measures as (

    select * from {{ ref('ref_kpi_survey_measure') }}
    where kpi_code = 'KPI4'

),

areas as (

    select * from {{ ref('ref_borough') }}
    where area_type = 'police_area'

),

-- One force asks its residents so; the others' surveys are not at hand. Twelve months that end with March are its year.
final as (

    select
        areas.force_code,
        'confidence' as measure_code,
        {{ financial_year_name(financial_year_start('figures.quarter_end')) }} as year,
        figures.quarter_end as period_end,
        figures.source_dataset,
        figures.source_vintage,
        figures.proportion_pct as value,
        null::numeric as numerator,
        null::numeric as denominator,
        null::integer as population_year,
        null::numeric as published_national_value,
        null::text as missing_reason,
        figures.is_generated
    from figures
    inner join areas using (area_code)
    inner join measures using (measure_code)
    where extract(month from figures.quarter_end) = 3 and figures.proportion_pct is not null

)

select * from final
