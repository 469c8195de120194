{# A swapped pair, or a point of another force far away, lies nowhere near the other sites of its body. #}
{{ config(materialized='table') }}

with sites as (

    select * from {{ ref('int_estates__register') }}

),

rules as (

    select value as far_m
    from {{ ref('ref_estate_setting') }}
    where setting = 'far_from_the_estate_m'

),

middles as (

    select
        body_code,
        percentile_cont(0.5) within group (order by easting_m) as middle_easting_m,
        percentile_cont(0.5) within group (order by northing_m) as middle_northing_m
    from sites
    where is_in_register and not is_withheld
    group by body_code

),

distances as (

    select
        sites.body_code,
        sites.asset_id,
        sites.has_coordinates,
        sites.easting_m,
        sites.northing_m,
        round(sqrt(
            (sites.easting_m - middles.middle_easting_m::numeric) ^ 2
            + (sites.northing_m - middles.middle_northing_m::numeric) ^ 2
        )) as from_middle_m
    from sites
    left join middles on sites.body_code = middles.body_code

),

final as (

    select
        distances.*,
        case
            when not distances.has_coordinates then 'none'
            when distances.easting_m is null then 'outside_the_grid'
            when distances.from_middle_m > rules.far_m then 'far_from_the_estate'
            else 'placed'
        end as place_status
    from distances
    cross join rules

)

select * from final
