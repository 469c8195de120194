with latest as (

    select * from {{ ref('int_crime__month_totals') }}
    where is_latest

),

noted as (

    select * from {{ ref('int_crime__noted_months') }}

),

-- Twelve months in one classification, each by the release that covers it last: a year that no release has whole. A
-- month that another release would have restated does not stand beside months of that release.
final as (

    select
        latest.source_dataset,
        {{ financial_year_start('latest.month') }} as year_start,
        min({{ by_letters('latest.classification') }}) as classification,
        string_agg(
            distinct {{ by_letters('latest.source_vintage') }}, ', ' order by {{ by_letters('latest.source_vintage') }}
        ) as source_vintage,
        min({{ by_letters('latest.series_code') }}) as first_series_code,
        max({{ by_letters('latest.series_code') }}) as last_series_code,
        bool_or(latest.is_generated) as is_generated
    from latest
    left join noted using (source_dataset, source_vintage, month)
    where coalesce(noted.is_counted_whole and not noted.is_restated_base, true)
    group by latest.source_dataset, year_start
    having count(*) = 12 and count(distinct latest.classification) = 1

)

select * from final
