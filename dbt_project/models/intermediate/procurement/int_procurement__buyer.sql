with parties as (

    select * from {{ ref('stg_ocds__party') }}

),

resolved as (

    select * from {{ ref('int_procurement__party') }}

),

names as (

    select * from {{ ref('int_procurement__party_name') }}

),

forces as (

    select * from {{ ref('ref_force') }}

),

final as (

    select
        parties.ocid,
        resolved.party_code as buyer_code,
        names.party_name as buyer_name,
        parties.published_name as published_buyer_name,
        forces.force_code is not null as is_police
    from parties
    inner join resolved using (party_role, published_name, published_scheme, published_register_id)
    inner join names using (party_role, party_code)
    left join forces on resolved.party_code = forces.force_code and forces.force_kind <> 'none'
    where parties.party_role = 'buyer'

)

select * from final
