{{ config(materialized='table') }}

with reported as (

    select * from {{ ref('int_benchmark__crime') }}
    union all
    select * from {{ ref('int_benchmark__outcomes') }}
    union all
    select * from {{ ref('int_benchmark__workforce') }}
    union all
    select * from {{ ref('int_benchmark__money') }}
    union all
    select * from {{ ref('int_benchmark__confidence') }}
    union all
    select * from {{ ref('int_benchmark__powers') }}
    union all
    select * from {{ ref('int_benchmark__breath_tests') }}

),

releases as (

    select
        measure_code,
        year,
        period_end,
        source_dataset,
        source_vintage,
        max(published_national_value) as published_national_value,
        bool_or(is_generated) as is_generated
    from reported
    group by measure_code, year, period_end, source_dataset, source_vintage

),

expected as (

    select distinct
        measure_code,
        source_dataset,
        force_code
    from reported

),

-- Whoever a publication has ever had is expected in each of its releases: who is not there is named.
final as (

    select
        expected.force_code,
        releases.measure_code,
        releases.year,
        releases.period_end,
        releases.source_dataset,
        releases.source_vintage,
        reported.value,
        reported.numerator,
        reported.denominator,
        reported.population_year,
        releases.published_national_value,
        case when reported.value is null then coalesce(reported.missing_reason, 'not in the release') end
            as missing_reason,
        releases.is_generated
    from releases
    inner join expected using (measure_code, source_dataset)
    left join reported using (force_code, measure_code, year, source_dataset, source_vintage)

)

select * from final
