-- Every release's months add up in the mart to what the release published.
with published as (

    select
        month,
        source_vintage,
        sum(offence_count) as published_count
    from {{ ref('stg_met__borough_crime') }}
    where coverage = 'full'
    group by month, source_vintage

),

marts as (

    select
        month,
        source_vintage,
        sum(offence_count) as mart_count
    from {{ ref('recorded_crime_restatement') }}
    group by month, source_vintage

)

select
    month,
    source_vintage,
    published.published_count,
    marts.mart_count
from published
full join marts using (month, source_vintage)
where published.published_count is distinct from marts.mart_count
