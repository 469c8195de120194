with statements as (

    select * from {{ ref('stg_intake__benefits') }}

),

standing as (

    {{ standing_statements('statements', ['benefit_code', 'period']) }}

),

final as (

    select
        benefit_code,
        period,
        benefit_name,
        programme_name,
        owner,
        target_value,
        realised_value,
        unit,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from standing

)

select * from final
