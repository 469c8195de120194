{{ config(materialized='table') }}

with asked as (

    select * from {{ ref('int_kpi__asked') }}

),

years as (

    select * from {{ ref('int_kpi__years') }}

),

-- A base that is printed stands; every other is the year before, from the same release and in the same series.
measured as (

    select
        asked.kpi_code,
        asked.area_code,
        actual.year_start,
        actual.source_dataset,
        actual.source_vintage,
        actual.vintage_order,
        actual.vintage_last_month,
        actual.classification,
        actual.unit,
        actual.is_generated,
        actual.value as actual_value,
        case when asked.baseline_rule = 'printed' then asked.printed_baseline_value else year_before.value end
            as baseline_value
    from asked
    inner join years as actual using (kpi_code, area_code, year_start)
    left join years as year_before
        on
            actual.kpi_code = year_before.kpi_code
            and actual.area_code = year_before.area_code
            and actual.source_dataset = year_before.source_dataset
            and actual.source_vintage = year_before.source_vintage
            and actual.series_code = year_before.series_code
            and actual.year_start = year_before.year_start + interval '1 year'
    -- A target that is a change is judged by the releases that have both years; a year that is to be the base has none.
    where
        asked.target_type in ('none', 'absolute', 'baseline_year')
        or asked.baseline_rule = 'printed'
        or year_before.value is not null

),

final as (

    select
        asked.*,
        measured.vintage_order,
        measured.vintage_last_month,
        measured.classification,
        measured.unit,
        measured.actual_value,
        coalesce(measured.source_dataset, 'none') as source_dataset,
        coalesce(measured.source_vintage, 'none') as source_vintage,
        coalesce(measured.is_generated, false) or asked.target_is_generated as is_generated,
        coalesce(measured.baseline_value, asked.printed_baseline_value) as baseline_value
    from asked
    left join measured using (kpi_code, area_code, year_start)

)

select * from final
