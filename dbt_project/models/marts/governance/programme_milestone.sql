with milestones as (

    select * from {{ ref('stg_papers__milestone') }}

),

owners as (

    select * from {{ ref('ref_milestone_project') }}

),

projects as (

    select * from {{ ref('int_governance__project') }}

),

final as (

    select
        milestones.milestone_id as milestone_code,
        milestones.milestone_name,
        milestones.description,
        nullif(concat_ws(' to ', milestones.printed_date, milestones.printed_end_date), '') as milestone_date,
        milestones.date_precision,
        milestones.last_day,
        milestones.last_day <= date '{{ business_date() }}' as is_date_past,
        coalesce(owners.project_code, 'unknown') as project_code,
        coalesce(projects.project_name, 'none') as project_name,
        coalesce(owners.reason, 'Nobody has said yet whose it is') as project_reason,
        milestones.authority_code,
        milestones.source_document,
        milestones.citation,
        milestones.basis,
        false as is_generated
    from milestones
    left join owners using (milestone_id)
    left join projects using (project_code)

)

select * from final
