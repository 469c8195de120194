with tables as (

    select * from {{ ref('stg_ons__police_area_table') }}
    where
        counted_as = 'incidents'
        and coverage = 'full'
        and force_code = '{{ var("force_code") }}'
        and figure is not null

),

indicators as (

    select * from {{ ref('ref_kpi') }}
    where feed_dataset = 'ons_police_area_tables'

),

breaks as (

    select * from {{ ref('ref_series_break') }}

),

-- The indicator on these tables is the one of incidents; a year stands in the series of the rules it was counted by.
final as (

    select distinct on (indicators.kpi_code, tables.source_vintage, tables.year_ending)
        indicators.kpi_code,
        {{ financial_year_start('tables.year_ending') }} as year_start,
        tables.source_dataset,
        concat_ws('.', 'incidents', breaks.break_code) as series_code,
        tables.source_vintage,
        tables.vintage_order,
        to_date(left(tables.source_vintage, 7), 'YYYY-MM') as vintage_last_month,
        tables.is_generated,
        tables.figure as incident_count
    from tables
    cross join indicators
    left join breaks on tables.source_dataset = breaks.source_dataset and tables.year_ending >= breaks.break_month
    order by
        indicators.kpi_code asc, tables.source_vintage asc, tables.year_ending asc, breaks.break_month desc nulls last

)

select * from final
