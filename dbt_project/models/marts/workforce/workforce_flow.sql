with statements as (

    select * from {{ ref('stg_intake__workforce_flow') }}

),

forces as (

    select * from {{ ref('dim_force') }}

),

worker_types as (

    select * from {{ ref('ref_worker_type') }}

),

standing as (

    {{ standing_statements('statements', ['force_code', 'worker_type', 'financial_year', 'direction']) }}

),

final as (

    select
        standing.force_code,
        standing.worker_type,
        standing.financial_year,
        standing.direction,
        forces.force_name,
        worker_types.worker_type_name,
        standing.headcount,
        standing.fte,
        case standing.direction when 'leavers' then -standing.headcount else standing.headcount end as net_headcount,
        case standing.direction when 'leavers' then -standing.fte else standing.fte end as net_fte,
        standing.source_dataset,
        standing.source_vintage,
        standing.is_generated
    from standing
    inner join forces using (force_code)
    inner join worker_types using (worker_type)

)

select * from final
