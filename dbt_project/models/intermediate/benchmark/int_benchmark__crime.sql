with tables as (

    select * from {{ ref('stg_ons__police_area_table') }}
    where counted_as = 'rate' and coverage = 'full' and offence_code is not null

),

measures as (

    select * from {{ ref('ref_benchmark_measure') }}

),

countries as (

    select
        source_dataset,
        source_vintage,
        year_ending,
        offence_code,
        max(figure) as figure
    from tables
    where row_kind = 'total' and lower(published_name) = 'england and wales'
    group by source_dataset, source_vintage, year_ending, offence_code

),

final as (

    select
        tables.force_code,
        measures.measure_code,
        'year to ' || to_char(tables.year_ending, 'YYYY-MM') as year,
        tables.year_ending as period_end,
        tables.source_dataset,
        tables.source_vintage,
        tables.figure as value,
        null::numeric as numerator,
        null::numeric as denominator,
        null::integer as population_year,
        countries.figure as published_national_value,
        tables.missing_reason,
        tables.is_generated
    from tables
    inner join measures using (offence_code)
    left join countries using (source_dataset, source_vintage, year_ending, offence_code)
    where tables.force_code is not null and tables.force_code <> 'btp'

)

select * from final
