with published as (

    select * from {{ ref('int_workforce__strength') }}
    where is_latest

),

people as (

    select * from {{ ref('int_workforce__people_strength') }}

),

-- What is published has nothing left to close; the force's own extract has been through disclosure control.
final as (

    select
        force_code,
        worker_type,
        as_at_date,
        source_dataset,
        source_vintage,
        is_generated,
        fte,
        headcount,
        missing_reason,
        false as is_suppressed,
        is_restated,
        previous_vintage,
        previous_fte,
        previous_headcount,
        citation
    from published

    union all

    select
        force_code,
        worker_type,
        as_at_date,
        source_dataset,
        source_vintage,
        is_generated,
        fte,
        headcount,
        case when is_suppressed then 'closed' end as missing_reason,
        is_suppressed,
        false as is_restated,
        null as previous_vintage,
        null as previous_fte,
        null as previous_headcount,
        null as citation
    from people

)

select * from final
