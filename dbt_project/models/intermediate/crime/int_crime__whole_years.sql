with totals as (

    select * from {{ ref('int_crime__month_totals') }}

),

noted as (

    select * from {{ ref('int_crime__noted_months') }}

),

-- A year of which a release lacks a month, or has one not whole, would look like a fall.
final as (

    select
        totals.source_dataset,
        totals.source_vintage,
        totals.vintage_order,
        totals.vintage_last_month,
        totals.classification,
        totals.is_generated,
        {{ financial_year_start('totals.month') }} as year_start,
        min({{ by_letters('totals.series_code') }}) as first_series_code,
        max({{ by_letters('totals.series_code') }}) as last_series_code
    from totals
    left join noted using (source_dataset, source_vintage, month)
    where coalesce(noted.is_counted_whole, true)
    group by
        totals.source_dataset, totals.source_vintage, totals.vintage_order, totals.vintage_last_month,
        totals.classification, totals.is_generated, year_start
    having count(*) = 12

)

select * from final
