with wards as (

    select * from {{ ref('int_geography__wards') }}

),

final as (

    select
        area_code,
        area_name,
        'ward' as area_type,
        borough_code,
        source_dataset,
        source_vintage,
        is_generated
    from wards

    union all

    {{ dimension_members({
        'area_code': 'code',
        'area_name': 'label',
        'area_type': "'ward'",
        'borough_code': 'code',
        'source_dataset': "'none'",
        'source_vintage': "'none'",
        'is_generated': 'false',
    }, members=['unknown']) }}

)

select * from final
