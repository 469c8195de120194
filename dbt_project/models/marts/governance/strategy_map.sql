with driver_objectives as (

    select * from {{ ref('stg_papers__driver_objective') }}

),

driver_strands as (

    select * from {{ ref('stg_papers__driver_strand') }}

),

authority_objectives as (

    select * from {{ ref('stg_papers__authority_objective') }}

),

-- The authority's own objectives hang on no driver.
objectives as (

    select
        driver_code,
        driver_name,
        objective_code,
        objective_name,
        'force' as objective_owner,
        outcome_name,
        authority_code,
        source_document,
        citation
    from driver_objectives

    union all

    select
        'none' as driver_code,
        'none' as driver_name,
        objective_code,
        objective_name,
        'authority' as objective_owner,
        'none' as outcome_name,
        authority_code,
        source_document,
        citation
    from authority_objectives

),

-- No paper joins an objective to a strand: the driver that both hang on does.
final as (

    select
        coalesce(objectives.driver_code, strands.driver_code) as driver_code,
        coalesce(objectives.objective_code, 'none') as objective_code,
        coalesce(strands.strand_code, 'none') as strand_code,
        coalesce(objectives.driver_name, strands.driver_name) as driver_name,
        coalesce(objectives.objective_name, 'none') as objective_name,
        coalesce(objectives.objective_owner, 'none') as objective_owner,
        coalesce(objectives.outcome_name, 'none') as outcome_name,
        coalesce(strands.strand_name, 'none') as strand_name,
        strands.subtitle as strand_purpose,
        coalesce(strands.is_corporate_priority, false) as is_corporate_priority,
        coalesce(strands.is_priority_workstrand, false) as is_priority_workstrand,
        strands.five_ps,
        coalesce(objectives.authority_code, strands.authority_code) as authority_code,
        coalesce(objectives.source_document, strands.source_document) as source_document,
        concat_ws('; ', objectives.citation, strands.citation) as citation,
        case when num_nulls(objectives.objective_code, strands.strand_code) = 0 then 'derived' else 'printed' end
            as basis,
        false as is_generated
    from objectives
    full join driver_strands as strands
        on nullif(objectives.driver_code, 'none') = nullif(strands.driver_code, 'none')

)

select * from final
