select
    source_vintage,
    layout,
    classification,
    published_group_key,
    published_subgroup_key,
    sum(offence_count) as offence_count
from {{ ref('stg_met__borough_crime') }}
where offence_code is null
group by source_vintage, layout, classification, published_group_key, published_subgroup_key
order by source_vintage, published_group_key, published_subgroup_key
