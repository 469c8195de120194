{{ config(materialized='table') }}

with lookups as (

    select * from {{ ref('stg_ons__lookup') }}

),

force_areas as (

    select * from {{ ref('int_geography__force_areas') }}

),

street_crimes as (

    select * from {{ ref('stg_police_uk__street') }}

),

-- The table of 2011 names its boroughs only. A code of both censuses is the one area, and the later table names it.
looked_up as (

    select distinct on (lookups.lsoa_code)
        lookups.lsoa_code,
        lookups.lsoa_name,
        coalesce(lookups.local_authority_code, area_aliases.area_code, 'unknown') as local_authority_code,
        lookups.local_authority_name,
        lookups.source_dataset,
        lookups.source_vintage,
        lookups.is_generated
    from lookups
    left join {{ ref('ref_area_alias') }} as area_aliases
        on {{ published_key('lookups.local_authority_name') }} = area_aliases.published_area_key
    where lookups.lsoa_code is not null
    order by lookups.lsoa_code asc, lookups.vintage_order desc

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
    left join looked_up on street_crimes.lsoa_code = looked_up.lsoa_code
    where street_crimes.lsoa_code is not null and looked_up.lsoa_code is null
    order by street_crimes.lsoa_code asc, street_crimes.vintage_order desc

),

all_lsoas as (

    select * from looked_up
    union all
    select * from only_in_crimes

),

final as (

    select
        all_lsoas.*,
        coalesce(force_areas.force_code, 'unknown') as force_code
    from all_lsoas
    left join force_areas using (local_authority_code)

)

select * from final
