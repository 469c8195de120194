with areas as (

    select * from {{ ref('ref_borough') }}

),

final as (

    select
        area_code,
        area_name,
        area_type,
        note,
        false as is_generated
    from areas

)

select * from final
