{{ config(materialized='table') }}

with crime_months as (

    select * from {{ ref('int_kpi__crime_months') }}

),

survey_months as (

    select * from {{ ref('int_kpi__survey_months') }}

),

final as (

    select
        kpi_code,
        area_code,
        month,
        source_dataset,
        source_vintage,
        classification,
        series_code,
        is_generated,
        'offences' as unit,
        false as is_rolling,
        note_code,
        value
    from crime_months

    union all

    -- Each quarter's figure covers twelve months: nine of them are the quarter's before it too.
    select
        kpi_code,
        area_code,
        month,
        source_dataset,
        source_vintage,
        null as classification,
        series_code,
        is_generated,
        'percent' as unit,
        true as is_rolling,
        null as note_code,
        value
    from survey_months

)

select * from final
