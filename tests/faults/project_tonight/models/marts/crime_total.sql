-- Tonight the code changes too: a column comes, another one goes.
select
    month,
    sum(offence_count)::bigint as offence_count,
    count(distinct area_name)::integer as area_count
from {{ ref('stg_cell') }}
group by month
