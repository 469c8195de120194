-- Worked out from staging alone: the latest release of each month, and what it published for London.
with published as (

    select
        month,
        vintage_order,
        source_vintage,
        sum(offence_count) as published_count
    from {{ ref('stg_met__borough_crime') }}
    where coverage = 'full'
    group by month, vintage_order, source_vintage

),

latest as (

    select distinct on (month)
        month,
        source_vintage,
        published_count
    from published
    order by month asc, vintage_order desc

),

marts as (

    select
        month,
        source_vintage,
        sum(offence_count) as mart_count
    from {{ ref('recorded_crime_borough') }}
    group by month, source_vintage

)

select
    month,
    source_vintage,
    latest.published_count,
    marts.mart_count
from latest
full join marts using (month, source_vintage)
where latest.published_count is distinct from marts.mart_count
