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

    union all

    {{ dimension_members({
        'force_code': 'code',
        'force_name': 'label',
        'force_kind': "'none'",
        'country': "'none'",
        'force_area_code': 'null',
        'note': "'For what no force has to do with'",
        'is_generated': 'false',
    }, members=['none']) }}

)

select * from final
