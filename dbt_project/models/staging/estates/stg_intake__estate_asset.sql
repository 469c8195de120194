with feed as (

    {{ this_refresh('intake_estate_asset') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

points as (

    select * from {{ source('raw', 'converted_point') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.file_period_end,
        feed.is_generated,
        authorities.authority_code,
        feed.body_code,
        feed.asset_id,
        feed.uprn,
        trim(feed.asset_name) as asset_name,
        nullif(concat_ws(
            ', ',
            nullif(concat_ws(' ', trim(feed.street_number), trim(feed.street_name)), ''),
            trim(feed.post_town)
        ), '') as address,
        feed.postcode,
        points.easting_m,
        points.northing_m,
        points.longitude,
        points.latitude,
        feed.easting_m is not null as has_coordinates,
        {{ published_key('feed.borough_name') }} as borough_key,
        feed.asset_category,
        feed.tenure,
        trim(feed.tenure_detail) as tenure_detail,
        feed.holding_type,
        feed.is_land_only = 'Y' as is_land_only,
        feed.gross_area_sqm,
        feed.net_area_sqm,
        feed.condition_grade,
        feed.energy_rating,
        feed.has_front_counter = 'Y' as has_front_counter,
        feed.lease_end_date,
        feed.is_withheld = 'Y' as is_withheld,
        feed.withheld_reason,
        feed.as_at_date
    from feed
    left join authorities
        on
            feed.body_code = authorities.force_code
            and feed.as_at_date between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')
    left join points
        on points.system = 'national_grid' and feed.easting_m = points.x and feed.northing_m = points.y

)

select * from final
