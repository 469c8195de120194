select
    source_vintage,
    layout,
    published_area_key,
    sum(offence_count) as offence_count
from {{ ref('stg_met__borough_crime') }}
where area_code is null
group by source_vintage, layout, published_area_key
order by source_vintage, published_area_key
