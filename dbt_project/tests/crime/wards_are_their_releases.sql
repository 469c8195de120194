-- Every month of the wards in the marts is what the latest release of it holds, cell by cell summed from raw rows.
with published as (

    select
        refresh_inputs.vintage as source_vintage,
        refresh_inputs.vintage_order,
        feed.month,
        sum(feed.offence_count) as published_count
    from {{ source('audit', 'refresh_input') }} as refresh_inputs
    inner join {{ source('raw', 'mps_ward_crime') }} as feed on refresh_inputs.batch_id = feed._batch_id
    where refresh_inputs.refresh_id = '{{ refresh_id() }}' and refresh_inputs.coverage = 'full'
    group by refresh_inputs.vintage, refresh_inputs.vintage_order, feed.month

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
    from {{ ref('recorded_crime_restatement') }}
    where area_type = 'ward'
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
