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

)

select * from final
