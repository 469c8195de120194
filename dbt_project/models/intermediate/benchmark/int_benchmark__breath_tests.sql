with tests as (

    select * from {{ ref('stg_home_office__breath_test') }}
    where coverage = 'full' and result = 'positive'

),

-- A year of a force is whole where each month has its tests, and no more positive ones than that.
counted as (

    select
        force_code,
        calendar_year,
        source_dataset,
        source_vintage,
        bool_or(is_generated) as is_generated,
        sum(test_count) as test_count,
        sum(result_count) as positive_count,
        bool_or(test_count is null or result_count is null) as lacks_months,
        bool_or(result_count > test_count) as has_more_than_all
    from tests
    group by force_code, calendar_year, source_dataset, source_vintage

),

judged as (

    select
        *,
        case
            when lacks_months then 'months not reported'
            when has_more_than_all then 'more positive tests than tests in a month'
            when test_count = 0 then 'no tests'
        end as missing_reason
    from counted

),

final as (

    select
        force_code,
        'breath_test_positive_share' as measure_code,
        calendar_year::text as year,
        make_date(calendar_year, 12, 31) as period_end,
        source_dataset,
        source_vintage,
        case when missing_reason is null then 100.0 * positive_count / test_count end as value,
        case when missing_reason is null then 100.0 * positive_count end as numerator,
        case when missing_reason is null then test_count::numeric end as denominator,
        null::integer as population_year,
        null::numeric as published_national_value,
        missing_reason,
        is_generated
    from judged
    where force_code not in ('btp', 'none')

)

select * from final
