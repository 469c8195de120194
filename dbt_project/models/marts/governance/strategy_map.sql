with objectives as (

    select * from {{ ref('int_governance__objective') }}

),

driver_strands as (

    select * from {{ ref('stg_papers__driver_strand') }}

),

-- No paper joins an objective to a strand: each hangs on a driver by itself.
final as (

    select
        driver_code,
        objective_code,
        'none' as strand_code,
        driver_name,
        objective_name,
        objective_owner,
        outcome_name,
        'none' as strand_name,
        null as strand_purpose,
        false as is_corporate_priority,
        false as is_priority_workstrand,
        null as five_ps,
        authority_code,
        source_document,
        citation,
        'printed' as basis,
        false as is_generated
    from objectives

    union all

    select
        driver_code,
        'none' as objective_code,
        strand_code,
        driver_name,
        'none' as objective_name,
        'none' as objective_owner,
        'none' as outcome_name,
        strand_name,
        subtitle as strand_purpose,
        is_corporate_priority,
        is_priority_workstrand,
        five_ps,
        authority_code,
        source_document,
        citation,
        'printed' as basis,
        false as is_generated
    from driver_strands

)

select * from final
