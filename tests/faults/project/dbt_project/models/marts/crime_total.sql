select
    month,
    sum(offence_count)::bigint as offence_count,
    max(vintage) as vintage
from {{ ref('stg_cell') }}
group by month
