select milestones.milestone_id
from {{ ref('paper_milestones') }} as milestones
left join {{ ref('ref_milestone_project') }} as projects using (milestone_id)
where projects.milestone_id is null
