with suppliers as (

    select * from {{ ref('int_procurement__award_supplier') }}

),

names as (

    select *
    from {{ ref('int_procurement__party_name') }}
    where party_role = 'supplier'

),

registered as (

    select * from {{ ref('contract_register') }}

),

final as (

    select
        suppliers.ocid,
        suppliers.award_id,
        suppliers.supplier_code,
        names.party_name as supplier_name,
        suppliers.published_names,
        registered.supplier_count,
        registered.buyer_code,
        registered.source_dataset,
        registered.source_vintage,
        registered.is_generated
    from suppliers
    inner join names on suppliers.supplier_code = names.party_code
    inner join registered using (ocid, award_id)

)

select * from final
