with sites as (

    select *
    from {{ ref('int_estates__open_asset') }}
    where place_status = 'placed' and not is_land_only

),

-- Metres on the grid, which are true to 4 in 10,000. Withheld sites are none: their distance would tell where they are.
final as (

    select
        sites.body_code,
        sites.asset_id,
        min(round(sqrt(
            (sites.easting_m - others.easting_m) ^ 2 + (sites.northing_m - others.northing_m) ^ 2
        ))) as nearest_site_m
    from sites
    inner join sites as others on sites.body_code = others.body_code and sites.asset_id <> others.asset_id
    group by sites.body_code, sites.asset_id

)

select * from final
