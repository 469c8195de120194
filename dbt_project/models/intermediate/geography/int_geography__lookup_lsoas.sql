with lookups as (

    select * from {{ ref('stg_ons__lookup') }}

),

area_aliases as (

    select * from {{ ref('ref_area_alias') }}

),

-- The table of 2011 names its boroughs only. A code of both censuses is the one area, and the later table names it.
final as (

    select distinct on (lookups.lsoa_code)
        lookups.lsoa_code,
        lookups.lsoa_name,
        coalesce(lookups.local_authority_code, area_aliases.area_code, 'unknown') as local_authority_code,
        lookups.local_authority_name,
        lookups.source_dataset,
        lookups.source_vintage,
        lookups.is_generated
    from lookups
    left join area_aliases on {{ published_key('lookups.local_authority_name') }} = area_aliases.published_area_key
    where lookups.lsoa_code is not null
    order by lookups.lsoa_code asc, lookups.vintage_order desc

)

select * from final
