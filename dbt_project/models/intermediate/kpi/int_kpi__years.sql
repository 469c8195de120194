with crime_years as (

    select * from {{ ref('int_kpi__crime_years') }}

),

survey_years as (

    select * from {{ ref('int_kpi__survey_years') }}

),

workforce_years as (

    select * from {{ ref('int_kpi__workforce_years') }}

),

budget_years as (

    select * from {{ ref('int_kpi__budget_years') }}

),

incident_years as (

    select * from {{ ref('int_kpi__incident_years') }}

),

whole as (

    select * from {{ ref('ref_borough') }}
    where area_type = 'police_area'

),

final as (

    select
        kpi_code,
        kpi_area_code as area_code,
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
        kpi_area_code as area_code,
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

    union all

    select
        years.kpi_code,
        whole.area_code,
        years.year_start,
        years.source_dataset,
        years.source_vintage,
        1 as vintage_order,
        years.vintage_last_month,
        null as classification,
        years.series_code,
        years.is_generated,
        years.unit,
        years.strength as value
    from workforce_years as years
    cross join whole

    union all

    select
        years.kpi_code,
        whole.area_code,
        years.year_start,
        years.source_dataset,
        years.source_vintage,
        years.vintage_order,
        years.vintage_last_month,
        null as classification,
        years.series_code,
        years.is_generated,
        'incidents' as unit,
        years.incident_count as value
    from incident_years as years
    cross join whole

    union all

    select
        years.kpi_code,
        whole.area_code,
        years.year_start,
        years.source_dataset,
        years.source_vintage,
        1 as vintage_order,
        years.vintage_last_month,
        null as classification,
        years.series_code,
        years.is_generated,
        'GBP_million' as unit,
        years.spent_gbp_million as value
    from budget_years as years
    cross join whole

)

select * from final
