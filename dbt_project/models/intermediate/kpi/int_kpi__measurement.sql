with targets as (

    select * from {{ ref('int_kpi__target') }}

),

crime_years as (

    select * from {{ ref('int_kpi__crime_years') }}

),

measured as (

    select
        actual.kpi_code,
        actual.year_start,
        actual.source_dataset,
        actual.source_vintage,
        actual.vintage_order,
        actual.vintage_last_month,
        actual.classification,
        actual.is_generated,
        'offences' as unit,
        actual.offence_count::numeric as actual_value,
        baseline.offence_count::numeric as baseline_value
    from crime_years as actual
    inner join crime_years as baseline
        on
            actual.kpi_code = baseline.kpi_code
            and actual.source_dataset = baseline.source_dataset
            and actual.source_vintage = baseline.source_vintage
            and actual.year_start = baseline.year_start + interval '1 year'

),

final as (

    select
        targets.*,
        measured.vintage_order,
        measured.vintage_last_month,
        measured.classification,
        measured.unit,
        measured.actual_value,
        coalesce(measured.source_dataset, 'none') as source_dataset,
        coalesce(measured.source_vintage, 'none') as source_vintage,
        coalesce(measured.is_generated, false) as is_generated,
        coalesce(measured.baseline_value, targets.printed_baseline_value) as baseline_value
    from targets
    left join measured using (kpi_code, year_start)

)

select * from final
