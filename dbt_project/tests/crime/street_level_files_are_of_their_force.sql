select
    published.source_vintage,
    published.force_code,
    published.reported_by,
    count(*) as crime_count
from {{ ref('stg_police_uk__street') }} as published
left join {{ ref('ref_force') }} as forces using (force_code)
where published.reported_by is distinct from forces.force_name
group by published.source_vintage, published.force_code, published.reported_by
