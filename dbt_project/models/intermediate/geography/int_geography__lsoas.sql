{{ config(materialized='table') }}

with lookups as (

    select * from {{ ref('stg_ons__lookup') }}

),

looked_up as (

    select * from {{ ref('int_geography__lookup_lsoas') }}

),

forces as (

    select * from {{ ref('ref_force') }}

),

street_crimes as (

    select * from {{ ref('stg_police_uk__street') }}

),

force_areas as (

    select distinct on (lookups.local_authority_code)
        lookups.local_authority_code,
        forces.force_code
    from lookups
    inner join forces using (force_area_code)
    order by lookups.local_authority_code asc, lookups.vintage_order desc

),

-- A code that crimes have and no table: it stays, and nobody knows where it lies.
only_in_crimes as (

    select distinct on (street_crimes.lsoa_code)
        street_crimes.lsoa_code,
        street_crimes.lsoa_name,
        'unknown' as local_authority_code,
        'Unknown' as local_authority_name,
        street_crimes.source_dataset,
        street_crimes.source_vintage,
        street_crimes.is_generated
    from street_crimes
    where street_crimes.lsoa_code not in (select looked_up.lsoa_code from looked_up)
    order by street_crimes.lsoa_code asc, street_crimes.vintage_order desc

),

lsoas as (

    select * from looked_up

    union all

    select * from only_in_crimes

),

final as (

    select
        lsoas.*,
        coalesce(force_areas.force_code, 'unknown') as force_code
    from lsoas
    left join force_areas using (local_authority_code)

)

select * from final
