with feed as (

    {{ this_refresh('estate_location_list') }}

),

points as (

    select * from {{ source('raw', 'converted_point') }}

),

-- A list has no code of its places: name and address tell them apart.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end as as_at_date,
        feed.is_generated,
        feed.publisher_code,
        replace(feed.list_code, '-', '_') as list_code,
        {{ one_line("concat_ws(', ', feed.place_name, feed.address)") }} as place_code,
        feed.uprn,
        {{ one_line('feed.place_name') }} as place_name,
        feed.place_category,
        {{ one_line('feed.address') }} as address,
        {{ one_line('feed.postcode') }} as postcode,
        null::text as tenure,
        null::text as tenure_detail,
        null::text as holding_type,
        null::numeric as floor_area_sqm,
        true as has_coordinates,
        points.easting_m,
        points.northing_m,
        points.longitude,
        points.latitude
    from feed
    left join points
        on points.system = 'national_grid' and feed.easting_m = points.x and feed.northing_m = points.y

)

select * from final
