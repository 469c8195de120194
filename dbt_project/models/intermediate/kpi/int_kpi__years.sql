with crime_years as (

    select * from {{ ref('int_kpi__crime_years') }}

),

survey_years as (

    select * from {{ ref('int_kpi__survey_years') }}

),

final as (

    select
        kpi_code,
        year_start,
        source_dataset,
        source_vintage,
        vintage_order,
        vintage_last_month,
        classification,
        series_code,
        is_generated,
        'offences' as unit,
        offence_count::numeric as value
    from crime_years

    union all

    select
        kpi_code,
        year_start,
        source_dataset,
        source_vintage,
        vintage_order,
        vintage_last_month,
        null as classification,
        series_code,
        is_generated,
        'percent' as unit,
        proportion_pct as value
    from survey_years

)

select * from final
