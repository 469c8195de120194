with forces as (

    select * from {{ ref('ref_force') }}

),

short_names as (

    select * from {{ ref('ref_short_name') }}
    where dimension = 'force'

),

ordered as (

    select
        *,
        row_number() over (
            order by
                force_kind = 'none',
                force_kind collate "C" desc,
                force_name collate "C"
        ) as display_order
    from forces

),

final as (

    select
        ordered.force_code,
        ordered.force_name,
        ordered.force_kind,
        ordered.country,
        ordered.force_area_code,
        ordered.note,
        false as is_generated,
        coalesce(short_names.short_name, ordered.force_name) as short_name,
        ordered.display_order::integer as display_order
    from ordered
    left join short_names on ordered.force_code = short_names.code

    union all

    {{ dimension_members({
        'force_code': 'code',
        'force_name': 'label',
        'force_kind': "'none'",
        'country': "'none'",
        'force_area_code': 'null',
        'note': "'For what no force has to do with'",
        'is_generated': 'false',
        'short_name': 'label',
        'display_order': 'null::integer',
    }, members=['none']) }}

)

select * from final
