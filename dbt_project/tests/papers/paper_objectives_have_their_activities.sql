-- The number of key activities stated for an objective must be the number that paper_key_activities lists under it.
with listed as (

    select
        objective_id,
        count(*) as activity_count
    from {{ ref('paper_key_activities') }}
    group by objective_id

),

objectives as (

    select
        objective_id,
        key_activity_count
    from {{ ref('paper_corporate_objectives') }}

)

select
    objectives.objective_id,
    objectives.key_activity_count,
    listed.activity_count
from objectives
left join listed on objectives.objective_id = listed.objective_id
where objectives.key_activity_count is distinct from listed.activity_count
