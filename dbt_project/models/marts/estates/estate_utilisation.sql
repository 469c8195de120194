with assets as (

    select * from {{ ref('int_estates__open_asset') }}

),

-- Occupancy is that of the assets whose capacity and occupancy are both known; so is the space that is not used.
final as (

    select
        body_code,
        borough_code,
        asset_category,
        min(authority_code collate "C") as authority_code,
        count(*)::integer as asset_count,
        count(gross_area_sqm)::integer as measured_asset_count,
        sum(gross_area_sqm) as floor_area_sqm,
        count(*) filter (where capacity_count > 0 and occupancy_count is not null)::integer as counted_asset_count,
        sum(capacity_count) filter (where occupancy_count is not null) as capacity,
        sum(occupancy_count) filter (where capacity_count is not null) as occupancy,
        round(
            100.0 * sum(occupancy_count) filter (where capacity_count > 0)
            / sum(capacity_count) filter (where capacity_count > 0 and occupancy_count is not null), 1
        ) as occupancy_pct,
        sum(round(gross_area_sqm * greatest(capacity_count - occupancy_count, 0) / nullif(capacity_count, 0), 1))
            as surplus_sqm,
        sum(shared_area_sqm) as shared_area_sqm,
        sum(running_cost_gbp) as running_cost_gbp,
        max(as_at_date) as as_at_date,
        min(source_dataset collate "C") as source_dataset,
        max(source_vintage collate "C") as source_vintage,
        bool_or(is_any_generated) as is_generated
    from assets
    group by body_code, borough_code, asset_category

)

select * from final
