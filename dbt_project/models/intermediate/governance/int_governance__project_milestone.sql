with milestones as (

    select * from {{ ref('stg_papers__milestone') }}

),

projects as (

    select *
    from {{ ref('ref_milestone_project') }}
    where project_code <> 'none'

),

dated as (

    select
        projects.project_code,
        milestones.milestone_id,
        milestones.milestone_name,
        nullif(concat_ws(' to ', milestones.printed_date, milestones.printed_end_date), '') as milestone_date,
        milestones.last_day,
        milestones.last_day <= date '{{ business_date() }}' as is_date_past,
        milestones.citation
    from milestones
    inner join projects using (milestone_id)

),

-- The next one to come, else the last one past; one without a date only where there is no other.
ranked as (

    select
        dated.*,
        row_number() over (
            partition by dated.project_code
            order by
                dated.last_day is null,
                dated.is_date_past,
                abs(dated.last_day - date '{{ business_date() }}'),
                {{ by_letters('dated.milestone_id') }}
        ) as nearness
    from dated

),

final as (

    select
        project_code,
        milestone_id,
        milestone_name,
        milestone_date,
        is_date_past,
        citation
    from ranked
    where nearness = 1

)

select * from final
