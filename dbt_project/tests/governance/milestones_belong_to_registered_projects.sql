select
    milestones.milestone_id,
    projects.project_code
from {{ ref('stg_papers__milestone') }} as milestones
inner join {{ ref('ref_milestone_project') }} as projects using (milestone_id)
left join {{ ref('programme_register') }} as register using (project_code)
where projects.project_code <> 'none' and register.project_code is null
