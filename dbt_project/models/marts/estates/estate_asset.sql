with assets as (

    select *
    from {{ ref('int_estates__asset') }}
    where is_in_register

),

open_assets as (

    select * from {{ ref('int_estates__open_asset') }}

),

-- Of a withheld asset, nothing is joined: that it is there and why it is withheld is all that is said. Its number comes
-- from no order that means anything.
final as (

    select
        assets.body_code,
        coalesce(
            open_assets.asset_id,
            'withheld-' || row_number() over (
                partition by assets.body_code, assets.is_withheld
                order by {{ by_letters('md5(assets.asset_id)') }}
            )
        ) as asset_id,
        assets.authority_code,
        assets.is_withheld,
        assets.withheld_reason,
        open_assets.uprn,
        open_assets.asset_name,
        open_assets.address,
        open_assets.postcode,
        coalesce(open_assets.borough_code, 'unknown') as borough_code,
        coalesce(open_assets.borough_basis, 'withheld') as borough_basis,
        coalesce(open_assets.asset_category, 'withheld') as asset_category,
        coalesce(open_assets.tenure, 'withheld') as tenure,
        open_assets.tenure_detail,
        coalesce(open_assets.holding_type, 'withheld') as holding_type,
        open_assets.is_land_only,
        open_assets.gross_area_sqm as floor_area_sqm,
        open_assets.net_area_sqm as net_floor_area_sqm,
        open_assets.condition_grade,
        open_assets.energy_rating,
        open_assets.has_front_counter,
        open_assets.lease_end_date,
        open_assets.running_cost_year,
        open_assets.running_cost_gbp,
        open_assets.cost_per_sqm_gbp,
        open_assets.capacity_count as capacity,
        open_assets.occupancy_count as occupancy,
        open_assets.occupancy_pct,
        open_assets.shared_with,
        open_assets.shared_area_sqm,
        coalesce(open_assets.place_status, 'withheld') as place_status,
        open_assets.easting_m,
        open_assets.northing_m,
        open_assets.longitude,
        open_assets.latitude,
        open_assets.first_listed_date,
        assets.as_at_date,
        assets.source_dataset,
        assets.source_vintage,
        coalesce(open_assets.is_any_generated, assets.is_generated) as is_generated
    from assets
    left join open_assets on assets.body_code = open_assets.body_code and assets.asset_id = open_assets.asset_id

)

select * from final
