with projects as (

    select * from {{ ref('int_governance__project') }}

),

strands as (

    select * from {{ ref('stg_papers__met_forward_strand') }}

),

stages as (

    select * from {{ ref('ref_project_stage') }}

),

milestones as (

    select * from {{ ref('int_governance__project_milestone') }}

),

final as (

    select
        projects.project_code,
        projects.project_type,
        projects.project_name,
        projects.strand_code,
        coalesce(strands.strand_name, 'none') as strand,
        projects.strand_basis,
        coalesce(stages.stage, 'unknown') as stage,
        projects.status,
        coalesce(milestones.milestone_name, 'none') as milestone,
        coalesce(milestones.milestone_id, 'none') as milestone_code,
        milestones.milestone_date,
        milestones.is_date_past as is_milestone_date_past,
        milestones.citation as milestone_citation,
        projects.stated_figures,
        projects.authority_code,
        projects.source_document,
        projects.citation,
        projects.basis,
        false as is_generated
    from projects
    left join strands using (strand_code)
    left join stages on projects.status = stages.status_printed
    left join milestones using (project_code)

)

select * from final
