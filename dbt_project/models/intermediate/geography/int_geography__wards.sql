{{ config(materialized='table') }}

with ward_counts as (

    select * from {{ ref('int_crime__ward_counts') }}

),

lookups as (

    select * from {{ ref('stg_ons__lookup') }}

),

boroughs as (

    select * from {{ ref('ref_borough') }}

),

-- The borough that the latest release puts most of the ward's offences into.
policed_wards as (

    select distinct on (area_code)
        area_code,
        max({{ by_letters('area_name') }}) as area_name,
        borough_code,
        source_dataset,
        source_vintage,
        bool_or(is_generated) as is_generated
    from ward_counts
    group by area_code, borough_code, source_dataset, source_vintage, vintage_order
    order by area_code asc, vintage_order desc, sum(offence_count) desc, {{ by_letters('borough_code') }} asc

),

lookup_wards as (

    select distinct on (lookups.ward_code)
        lookups.ward_code as area_code,
        lookups.ward_name as area_name,
        boroughs.area_code as borough_code,
        lookups.source_dataset,
        lookups.source_vintage,
        lookups.is_generated
    from lookups
    inner join boroughs on lookups.local_authority_code = boroughs.area_code
    where lookups.ward_code is not null
    order by lookups.ward_code asc, lookups.vintage_order desc

),

-- The statistician's table decides on a ward; what only the crime releases have stays.
final as (

    select * from lookup_wards

    union all

    select policed_wards.*
    from policed_wards
    left join lookup_wards on policed_wards.area_code = lookup_wards.area_code
    where policed_wards.area_code is not null and lookup_wards.area_code is null

)

select * from final
