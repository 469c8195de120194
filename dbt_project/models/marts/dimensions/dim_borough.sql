with areas as (

    select * from {{ ref('ref_borough') }}

),

short_names as (

    select * from {{ ref('ref_short_name') }}
    where dimension = 'area'

),

ordered as (

    select
        *,
        row_number() over (
            order by
                area_type collate "C",
                area_name collate "C"
        ) as display_order
    from areas

),

final as (

    select
        ordered.area_code,
        ordered.area_name,
        ordered.area_type,
        ordered.force_code,
        ordered.note,
        false as is_generated,
        coalesce(short_names.short_name, ordered.area_name) as short_name,
        ordered.display_order::integer as display_order
    from ordered
    left join short_names on ordered.area_code = short_names.code

    union all

    {{ dimension_members({
        'area_code': 'code',
        'area_name': 'label',
        'area_type': "'other'",
        'force_code': 'code',
        'note': "'Outside London, or of no place'",
        'is_generated': 'false',
        'short_name': 'label',
        'display_order': 'null::integer',
    }, members=['none']) }}

)

select * from final
