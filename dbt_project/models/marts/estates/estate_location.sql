with land as (

    select * from {{ ref('stg_councils__land') }}

),

locations as (

    select * from {{ ref('stg_councils__location') }}

),

listed as (

    select * from land
    union all
    select * from locations

),

-- The newest edition of each list; an older one is in its vintage.
editions as (

    select
        *,
        max(vintage_order) over (partition by publisher_code, list_code) as last_order
    from listed

),

final as (

    select
        publisher_code,
        list_code,
        place_code,
        place_name,
        place_category,
        address,
        postcode,
        uprn,
        tenure,
        tenure_detail,
        holding_type,
        floor_area_sqm,
        case
            when not has_coordinates then 'none'
            when easting_m is null then 'outside_the_grid'
            else 'placed'
        end as place_status,
        easting_m,
        northing_m,
        longitude,
        latitude,
        as_at_date,
        source_dataset,
        source_vintage,
        is_generated
    from editions
    where vintage_order = last_order

)

select * from final
