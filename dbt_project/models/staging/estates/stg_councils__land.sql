with feed as (

    {{ this_refresh('estate_land_list') }}

),

points as (

    select * from {{ source('raw', 'converted_point') }}

),

-- Line ends stand inside published addresses and postcodes, which are one line to a reader.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end as as_at_date,
        feed.is_generated,
        feed.publisher_code,
        'land_and_buildings' as list_code,
        {{ one_line('feed.asset_id') }} as place_code,
        feed.uprn,
        {{ one_line('coalesce(feed.asset_name, feed.asset_id)') }} as place_name,
        feed.asset_category as place_category,
        {{ one_line("concat_ws(', ', feed.address, feed.post_town)") }} as address,
        {{ one_line('feed.postcode') }} as postcode,
        {{ one_line('feed.tenure') }} as tenure,
        {{ one_line('feed.tenure_detail') }} as tenure_detail,
        feed.holding_type,
        feed.floor_area_sqm,
        feed.easting_m is not null as has_coordinates,
        points.easting_m,
        points.northing_m,
        points.longitude,
        points.latitude
    from feed
    left join points
        on points.system = 'national_grid' and feed.easting_m = points.x and feed.northing_m = points.y

)

select * from final
