-- Staging is large: it is looked through only where the counts show that something has no code.
select
    source_vintage,
    layout,
    classification,
    published_area_key,
    borough_code,
    published_group_key,
    published_subgroup_key,
    offence_code,
    sum(offence_count) as offence_count
from {{ ref('stg_met__ward_crime') }}
where
    (offence_code is null or borough_code is null)
    and exists (
        select 1 from {{ ref('int_crime__ward_counts') }} as counts
        where counts.offence_code is null or counts.borough_code is null
    )
group by
    source_vintage,
    layout,
    classification,
    published_area_key,
    borough_code,
    published_group_key,
    published_subgroup_key,
    offence_code
order by source_vintage, published_group_key
