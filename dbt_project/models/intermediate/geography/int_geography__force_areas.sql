with lookups as (

    select * from {{ ref('stg_ons__lookup') }}

),

forces as (

    select * from {{ ref('ref_force') }}

),

final as (

    select distinct on (lookups.local_authority_code)
        lookups.local_authority_code,
        forces.force_code
    from lookups
    inner join forces using (force_area_code)
    order by lookups.local_authority_code asc, lookups.vintage_order desc

)

select * from final
