with assets as (

    select *
    from {{ ref('int_estates__asset') }}
    where is_in_register

),

disposals as (

    select * from {{ ref('int_estates__disposal') }}

),

final as (

    select
        assets.body_code,
        assets.asset_id,
        assets.authority_code,
        assets.is_withheld,
        assets.withheld_reason,
        assets.uprn,
        assets.asset_name,
        assets.address,
        assets.postcode,
        assets.borough_code,
        assets.borough_basis,
        assets.asset_category,
        assets.tenure,
        assets.holding_type,
        assets.is_land_only,
        assets.gross_area_sqm as floor_area_sqm,
        assets.net_area_sqm as net_floor_area_sqm,
        assets.condition_grade,
        assets.lease_end_date,
        assets.running_cost_year,
        assets.running_cost_gbp,
        assets.cost_per_sqm_gbp,
        assets.capacity_count as capacity,
        assets.occupancy_count as occupancy,
        assets.shared_with,
        assets.shared_area_sqm,
        assets.place_status,
        assets.easting_m,
        assets.northing_m,
        assets.longitude,
        assets.latitude,
        disposals.decision_date as disposal_decision_date,
        disposals.target_date as disposal_target_date,
        disposals.completed_date as disposal_completed_date,
        disposals.expected_receipt_gbp,
        disposals.actual_receipt_gbp,
        assets.as_at_date,
        assets.source_dataset,
        assets.source_vintage,
        assets.is_any_generated or coalesce(disposals.is_generated, false) as is_generated
    from assets
    left join disposals on assets.body_code = disposals.body_code and assets.asset_id = disposals.asset_id

)

select * from final
