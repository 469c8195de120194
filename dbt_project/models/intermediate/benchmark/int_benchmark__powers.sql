with arrests as (

    select * from {{ ref('stg_home_office__arrest') }}
    where coverage = 'full'

),

searches as (

    select * from {{ ref('stg_home_office__search') }}
    where coverage = 'full'

),

populations as (

    select * from {{ ref('int_population__compared') }}

),

-- A force that left out a part of its arrests has none to compare. A search has no nought: who has no number has none.
counted as (

    select
        force_code,
        'arrest_rate' as measure_code,
        financial_year,
        source_dataset,
        source_vintage,
        bool_or(is_generated) as is_generated,
        case when count(*) = count(arrest_count) then sum(arrest_count) end as counted
    from arrests
    group by force_code, financial_year, source_dataset, source_vintage

    union all

    select
        force_code,
        'search_rate' as measure_code,
        financial_year,
        source_dataset,
        source_vintage,
        bool_or(is_generated) as is_generated,
        sum(search_count) as counted
    from searches
    group by force_code, financial_year, source_dataset, source_vintage

),

final as (

    select
        counted.force_code,
        counted.measure_code,
        counted.financial_year as year,
        ({{ financial_year_first_day('counted.financial_year') }} + interval '1 year - 1 day')::date as period_end,
        counted.source_dataset,
        counted.source_vintage,
        1000.0 * counted.counted / nullif(populations.population, 0) as value,
        1000.0 * counted.counted as numerator,
        populations.population::numeric as denominator,
        populations.population_year,
        null::numeric as published_national_value,
        case when counted.counted is null then 'not reported' end as missing_reason,
        counted.is_generated or populations.is_generated as is_generated
    from counted
    inner join populations
        on
            counted.force_code = populations.force_code
            and {{ financial_year_first_day('counted.financial_year') }} = populations.year_start
    where counted.force_code not in ('btp', 'none')

)

select * from final
