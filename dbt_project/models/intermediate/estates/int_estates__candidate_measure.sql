with assets as (

    select *
    from {{ ref('int_estates__open_asset') }}
    where not is_land_only

),

nearest as (

    select * from {{ ref('int_estates__nearest_site') }}

),

-- The month in which a lease ends counts as a whole; one that has ended counts as ending.
final as (

    select
        assets.body_code,
        assets.asset_id,
        measures.measure,
        measures.value
    from assets
    left join nearest on assets.body_code = nearest.body_code and assets.asset_id = nearest.asset_id
    cross join
        lateral (
            values
            ('cost_per_sqm_gbp', assets.cost_per_sqm_gbp),
            ('occupancy_pct', assets.occupancy_pct),
            ('condition_rank', strpos('ABCD', assets.condition_grade)::numeric),
            (
                'months_to_lease_end',
                (extract(year from assets.lease_end_date) - extract(year from assets.as_at_date)) * 12
                + extract(month from assets.lease_end_date) - extract(month from assets.as_at_date)
            ),
            ('nearest_site_m', nearest.nearest_site_m)
        ) as measures (measure, value)

)

select * from final
