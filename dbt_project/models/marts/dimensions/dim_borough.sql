with areas as (

    select * from {{ ref('ref_borough') }}

),

final as (

    select
        area_code,
        area_name,
        area_type,
        force_code,
        note,
        false as is_generated
    from areas

    union all

    {{ dimension_members({
        'area_code': 'code',
        'area_name': 'label',
        'area_type': "'other'",
        'force_code': 'code',
        'note': "'Outside London, or of no place'",
        'is_generated': 'false',
    }, members=['none']) }}

)

select * from final
