with driver_objectives as (

    select * from {{ ref('stg_papers__driver_objective') }}

),

authority_objectives as (

    select * from {{ ref('stg_papers__authority_objective') }}

),

-- The authority's own objectives hang on no driver.
final as (

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

)

select * from final
