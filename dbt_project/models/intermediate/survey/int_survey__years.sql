with figures as (

    select * from {{ ref('int_survey__figures') }}

),

confidence_measure as (

    select * from {{ ref('ref_kpi_survey_measure') }}
    where kpi_code = 'KPI4'

),

-- Twelve months that end with March are a financial year.
final as (

    select
        figures.*,
        {{ financial_year_start('figures.quarter_end') }} as year_start
    from figures
    inner join confidence_measure using (measure_code)
    where extract(month from figures.quarter_end) = 3

)

select * from final
