with forces as (

    select * from {{ ref('ref_force') }}

),

final as (

    select
        force_code,
        force_name,
        force_kind,
        country,
        force_area_code,
        note,
        false as is_generated
    from forces

)

select * from final
