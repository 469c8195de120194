with buyers as (

    select * from {{ ref('int_procurement__party') }}
    where party_role = 'buyer' and published_scheme = '' and published_register_id = ''

),

names as (

    select * from {{ ref('int_procurement__party_name') }}

),

-- A register's sum of 0 is none, as in notices.
final as (

    select
        contracts.contract_code as ocid,
        'none' as award_id,
        buyers.party_code as buyer_code,
        buyer_names.party_name as buyer_name,
        contracts.body_name as published_buyer_name,
        forces.force_code is not null as is_police,
        suppliers.party_code as supplier_code,
        supplier_names.party_name as supplier_name,
        case when contracts.supplier_name = '' then 0 else 1 end as supplier_count,
        contracts.title,
        contracts.reference,
        'listed' as stage,
        'unknown' as tender_status,
        'none' as award_status,
        'unknown' as cpv_code,
        'unknown' as cpv_class_code,
        'unknown' as procurement_method,
        contracts.procurement_route as procurement_method_details,
        'unknown' as procurement_category,
        contracts.value_gbp as published_value,
        case when contracts.value_gbp is not null then 'GBP' end as currency,
        contracts.value_gbp,
        {{ value_status("'list'", 'contracts.value_gbp', "'GBP'") }} as value_status,
        contracts.value_gbp as first_value_gbp,
        false as is_value_corrected,
        null::numeric as tender_value_gbp,
        'absent' as tender_value_status,
        null::date as award_date,
        contracts.start_date,
        contracts.end_date,
        case when contracts.end_date is null then 'none' else 'contract' end as end_date_basis,
        null::text as printed_term,
        contracts.as_at_date as published_date,
        contracts.as_at_date as last_published_date,
        0 as release_count,
        null::text as release_ids,
        contracts.coverage,
        contracts.source_dataset,
        contracts.source_vintage,
        'none' as source_document,
        null::text as citation,
        contracts.is_generated
    from {{ ref('stg_bodies__contract') }} as contracts
    inner join buyers on contracts.body_name = buyers.published_name
    inner join names as buyer_names
        on buyer_names.party_role = 'buyer' and buyers.party_code = buyer_names.party_code
    inner join {{ ref('int_procurement__party') }} as suppliers
        on
            suppliers.party_role = 'supplier'
            and contracts.supplier_name = suppliers.published_name
            and contracts.supplier_scheme = suppliers.published_scheme
            and contracts.supplier_register_id = suppliers.published_register_id
    inner join names as supplier_names
        on supplier_names.party_role = 'supplier' and suppliers.party_code = supplier_names.party_code
    left join {{ ref('ref_force') }} as forces
        on buyers.party_code = forces.force_code and forces.force_kind <> 'none'

)

select * from final
