{{ config(materialized='table') }}

with assets as (

    select * from {{ ref('int_estates__register') }}

),

places as (

    select * from {{ ref('int_estates__place') }}

),

boroughs as (

    select * from {{ ref('ref_area_alias') }}

),

costs as (

    select distinct on (body_code, asset_id) *
    from {{ ref('int_estates__running_cost') }}
    order by body_code asc, asset_id asc, financial_year collate "C" desc

),

occupancy as (

    select * from {{ ref('int_estates__occupancy') }}

),

final as (

    select
        assets.*,
        places.place_status,
        coalesce(boroughs.area_code, 'unknown') as borough_code,
        case
            when boroughs.area_code is not null then 'stated'
            when assets.borough_key is not null then 'unknown: the register names no borough that is known'
            else 'unknown: the register names none, and no boundary file is kept'
        end as borough_basis,
        costs.financial_year as running_cost_year,
        costs.running_cost_gbp,
        round(costs.running_cost_gbp / nullif(assets.gross_area_sqm, 0), 2) as cost_per_sqm_gbp,
        occupancy.capacity_count,
        occupancy.occupancy_count,
        round(100.0 * occupancy.occupancy_count / nullif(occupancy.capacity_count, 0), 1) as occupancy_pct,
        occupancy.shared_with,
        occupancy.shared_area_sqm,
        assets.is_generated
        or coalesce(costs.is_generated, false)
        or coalesce(occupancy.is_generated, false) as is_any_generated
    from assets
    left join places on assets.body_code = places.body_code and assets.asset_id = places.asset_id
    left join boroughs on assets.borough_key = boroughs.published_area_key
    left join costs on assets.body_code = costs.body_code and assets.asset_id = costs.asset_id
    left join occupancy on assets.body_code = occupancy.body_code and assets.asset_id = occupancy.asset_id

)

select * from final
