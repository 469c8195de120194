with parties as (

    select * from {{ ref('stg_ocds__party') }}

),

resolved as (

    select * from {{ ref('int_procurement__party') }}

),

final as (

    select
        parties.ocid,
        parties.award_id,
        resolved.party_code as supplier_code,
        string_agg(
            distinct {{ by_letters('parties.published_name') }},
            '; ' order by {{ by_letters('parties.published_name') }}
        ) as published_names
    from parties
    inner join resolved using (party_role, published_name, published_scheme, published_register_id)
    where parties.party_role = 'supplier'
    group by parties.ocid, parties.award_id, resolved.party_code

)

select * from final
