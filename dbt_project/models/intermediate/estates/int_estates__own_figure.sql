with assets as (

    select *
    from {{ ref('int_estates__open_asset') }}
    where body_code = '{{ var("force_code") }}'

),

costs as (

    select * from {{ ref('int_estates__running_cost') }}

),

-- Made-up figures are never held against a paper.
real_assets as (

    select * from assets
    where not is_any_generated

),

totals as (

    select
        sum(gross_area_sqm) as floor_area_sqm,
        nullif(count(*) filter (where not is_land_only), 0) as building_count,
        round(avg(gross_area_sqm) filter (where not is_land_only)) as average_area_sqm
    from real_assets

),

year_totals as (

    select
        costs.financial_year,
        round(sum(costs.running_cost_gbp) / 1000) as cost_gbp_thousand
    from costs
    inner join assets on costs.body_code = assets.body_code and costs.asset_id = assets.asset_id
    where not costs.is_generated
    group by costs.financial_year

),

final as (

    select
        figures.metric,
        'none' as financial_year,
        figures.value,
        figures.unit
    from totals
    cross join
        lateral (
            values
            ('estate_floor_area', totals.floor_area_sqm, 'sqm'),
            ('estate_buildings', totals.building_count, 'count'),
            ('building_area_average', totals.average_area_sqm, 'sqm')
        ) as figures (metric, value, unit)
    union all
    select
        'premises_costs' as metric,
        financial_year,
        cost_gbp_thousand as value,
        'GBP_thousand' as unit
    from year_totals

)

select * from final
