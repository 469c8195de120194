with forces as (

    select * from {{ ref('ref_force') }}

),

bodies as (

    select * from {{ ref('ref_police_body') }}

),

-- A body has the code of its force. The forces without a body in the finance reports answer to one all the same.
final as (

    select
        forces.force_code as body_code,
        coalesce(bodies.body_name, forces.force_name) as body_name,
        'police' as body_kind,
        forces.force_code,
        coalesce(bodies.country, forces.country) as country,
        bodies.finance_code,
        coalesce(bodies.note, forces.note) as note,
        'none' as source_dataset,
        'none' as source_vintage,
        false as is_generated
    from forces
    left join bodies on forces.force_code = bodies.body_code
    where forces.force_code <> 'unknown'

)

select * from final
