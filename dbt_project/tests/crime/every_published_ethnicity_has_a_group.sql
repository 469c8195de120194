select
    published.source_vintage,
    published.self_defined_ethnicity,
    count(*) as search_count
from {{ ref('stg_police_uk__stop_and_search') }} as published
left join {{ ref('ref_ethnicity') }} as ethnicities
    on published.self_defined_ethnicity = ethnicities.published_ethnicity
where published.self_defined_ethnicity is not null and ethnicities.ethnicity is null
group by published.source_vintage, published.self_defined_ethnicity
