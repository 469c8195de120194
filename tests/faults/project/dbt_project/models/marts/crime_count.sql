select
    area_name,
    offence_group,
    offence_subgroup,
    month,
    offence_count
from {{ ref('stg_cell') }}
