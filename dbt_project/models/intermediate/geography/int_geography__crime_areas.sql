with boroughs as (

    select * from {{ ref('ref_borough') }}

),

wards as (

    select * from {{ ref('int_geography__wards') }}

),

final as (

    select
        area_code,
        area_name
    from boroughs
    union all
    select
        area_code,
        area_name
    from wards

)

select * from final
