{{ config(materialized='table') }}

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

-- A feed of areas says whose a year is; any other measures the whole police area, some of them in one publication.
final as (
    {% for source, has_areas, has_vintages, classification, unit, value in [
        ('crime_years', true, true, 'classification', "'offences'", 'offence_count::numeric'),
        ('survey_years', true, true, 'null', "'percent'", 'proportion_pct'),
        ('workforce_years', false, false, 'null', 'years.unit', 'strength'),
        ('incident_years', false, true, 'null', "'incidents'", 'incident_count'),
        ('budget_years', false, false, 'null', "'GBP_million'", 'spent_gbp_million'),
    ] %}
        select
            years.kpi_code,
            {{ 'years.kpi_area_code' if has_areas else 'whole.area_code' }} as area_code,
            years.year_start,
            years.source_dataset,
            years.source_vintage,
            {{ 'years.vintage_order' if has_vintages else 1 }} as vintage_order,
            years.vintage_last_month,
            {{ classification }} as classification,
            years.series_code,
            years.is_generated,
            {{ unit }} as unit,
            {{ value }} as value
        from {{ source }} as years
        {{ '' if has_areas else 'cross join whole' }}
        {% if not loop.last %} union all {% endif %}
    {% endfor %}
)

select * from final
