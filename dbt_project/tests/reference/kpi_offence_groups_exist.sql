select
    kpi_groups.kpi_code,
    kpi_groups.classification,
    kpi_groups.offence_group
from {{ ref('ref_kpi_offence_group') }} as kpi_groups
left join {{ ref('ref_offence_crosswalk') }} as crosswalk using (classification, offence_group)
where crosswalk.offence_code is null
