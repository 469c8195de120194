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
        'none',
        strand_code,
        driver_name,
        'none',
        'none',
        'none',
        strand_name,
        subtitle,
        is_corporate_priority,
        is_priority_workstrand,
        five_ps,
        authority_code,
        source_document,
        citation,
        'printed',
        false
    from driver_strands

)

select * from final
