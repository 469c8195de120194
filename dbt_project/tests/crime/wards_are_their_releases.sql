-- Every month of the wards in the marts is what the latest release of it holds, cell by cell summed from raw rows.
with published as (

    select
        source_vintage,
        vintage_order,
        month,
        sum(offence_count) as published_count
    from ({{ this_refresh('mps_ward_crime') }}) as feed
    where coverage = 'full'
    group by source_vintage, vintage_order, month

),

latest as (

    select distinct on (month) *
    from published
    order by month asc, vintage_order desc

),

detail as (

    select
        month,
        source_vintage,
        sum(offence_count) as mart_count
    from {{ ref('recorded_crime_ward') }}
    group by month, source_vintage

),

restated as (

    select
        month,
        source_vintage,
        sum(offence_count) as mart_count
    from {{ ref('recorded_crime_restatement_ward') }}
    group by month, source_vintage

)

select
    month,
    source_vintage,
    latest.published_count,
    detail.mart_count
from latest
full join detail using (month, source_vintage)
where latest.published_count is distinct from detail.mart_count
union all
select
    month,
    source_vintage,
    published.published_count,
    restated.mart_count
from published
full join restated using (month, source_vintage)
where published.published_count is distinct from restated.mart_count
