-- Each cell as the newest release that covers it has it.
select distinct on (feed.area_name, feed.offence_group, feed.offence_subgroup, feed.month)
    feed.area_name,
    feed.offence_group,
    feed.offence_subgroup,
    feed.month,
    feed.offence_count,
    inputs.vintage
from {{ source('audit', 'refresh_input') }} as inputs
inner join {{ source('raw', 'mps_borough_crime') }} as feed on feed._batch_id = inputs.batch_id
where inputs.refresh_id = '{{ refresh_id() }}'
order by feed.area_name, feed.offence_group, feed.offence_subgroup, feed.month, inputs.vintage_order desc
