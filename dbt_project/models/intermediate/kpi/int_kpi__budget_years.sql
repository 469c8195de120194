with monitoring as (

    select * from {{ ref('int_finance__monitoring') }}

),

-- A year is over when each line of each group has its last period, and says what was spent in all of them.
years as (

    select
        financial_year,
        source_dataset,
        max(source_vintage collate "C") as source_vintage,
        sum(actual_gbp) / 1000000 as spent_gbp_million,
        bool_or(is_generated) as is_generated
    from monitoring
    group by financial_year, source_dataset
    having
        max(period) in (12, 13)
        and count(*) = max(period) * count(distinct concat_ws('.', business_group, line_code))
        and count(actual_gbp) = count(*)

),

final as (

    select
        'KPI7' as kpi_code,
        {{ financial_year_first_day('financial_year') }} as year_start,
        source_dataset,
        source_dataset as series_code,
        source_vintage,
        to_date(left(source_vintage, 7), 'YYYY-MM') as vintage_last_month,
        is_generated,
        spent_gbp_million
    from years

)

select * from final
