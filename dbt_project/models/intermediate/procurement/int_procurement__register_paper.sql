with contracts as (

    select * from {{ ref('stg_papers__contract') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

forces as (

    select * from {{ ref('ref_force') }}

),

suppliers as (

    select * from {{ ref('int_procurement__party') }}
    where party_role = 'supplier' and published_scheme = '' and published_register_id = ''

),

final as (

    select
        contracts.contract_code as ocid,
        'none' as award_id,
        authorities.force_code as buyer_code,
        forces.force_name as buyer_name,
        authorities.authority_name as published_buyer_name,
        true as is_police,
        coalesce(suppliers.party_code, 'unknown') as supplier_code,
        coalesce(contracts.supplier_name, 'Unknown') as supplier_name,
        case when contracts.supplier_name is null then 0 else 1 end as supplier_count,
        contracts.contract_name as title,
        null::text as reference,
        'named' as stage,
        'unknown' as tender_status,
        'none' as award_status,
        'unknown' as cpv_code,
        'unknown' as cpv_class_code,
        'unknown' as procurement_method,
        null::text as procurement_method_details,
        'unknown' as procurement_category,
        null::numeric as published_value,
        null::text as currency,
        null::numeric as value_gbp,
        'absent' as value_status,
        null::numeric as first_value_gbp,
        false as is_value_corrected,
        null::numeric as tender_value_gbp,
        'absent' as tender_value_status,
        null::date as award_date,
        null::date as start_date,
        null::date as end_date,
        'none' as end_date_basis,
        contracts.term_or_event as printed_term,
        null::date as published_date,
        null::date as last_published_date,
        0 as release_count,
        null::text as release_ids,
        'full' as coverage,
        'papers' as source_dataset,
        contracts.source_document as source_vintage,
        contracts.source_document,
        contracts.citation,
        false as is_generated
    from contracts
    inner join authorities using (authority_code)
    inner join forces using (force_code)
    left join suppliers on contracts.supplier_name = suppliers.published_name

)

select * from final
