with targets as (

    select * from {{ ref('int_kpi__target') }}

),

years as (

    select * from {{ ref('int_kpi__years') }}

),

-- A base that is printed stands; every other is the year before, from the same release and in the same series.
measured as (

    select
        actual.*,
        actual.value as actual_value,
        case targets.baseline_rule
            when 'printed' then targets.printed_baseline_value
            when 'year_before' then year_before.value
        end as baseline_value
    from targets
    inner join years as actual
        on targets.kpi_code = actual.kpi_code and targets.year_start = actual.year_start
    left join years as year_before
        on
            actual.kpi_code = year_before.kpi_code
            and actual.source_dataset = year_before.source_dataset
            and actual.source_vintage = year_before.source_vintage
            and actual.series_code = year_before.series_code
            and actual.year_start = year_before.year_start + interval '1 year'
    where targets.baseline_rule = 'printed' or year_before.value is not null

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
