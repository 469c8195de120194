select distinct
    lookups.force_area_code,
    lookups.force_area_name
from {{ ref('stg_ons__lookup') }} as lookups
left join {{ ref('ref_force') }} as forces using (force_area_code)
where lookups.force_area_code is not null and forces.force_code is null
