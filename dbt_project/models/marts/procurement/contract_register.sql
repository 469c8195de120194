with noticed as (

    select * from {{ ref('int_procurement__register_notice') }}

),

papers as (

    select * from {{ ref('int_procurement__register_paper') }}

),

lists as (

    select * from {{ ref('int_procurement__register_list') }}

),

final as (

    select
        ocid,
        award_id,
        buyer_code,
        buyer_name,
        published_buyer_name,
        is_police,
        supplier_code,
        supplier_name,
        supplier_count,
        coalesce(tender_title, award_title) as title,
        tender_reference as reference,
        stage,
        coalesce(tender_status, 'unknown') as tender_status,
        case when award_id = 'none' then 'none' else coalesce(award_status, 'unknown') end as award_status,
        coalesce(cpv_code, 'unknown') as cpv_code,
        coalesce(left(cpv_code, 4), 'unknown') as cpv_class_code,
        coalesce(nullif(procurement_method, ''), 'unknown') as procurement_method,
        procurement_method_details,
        coalesce(procurement_category, 'unknown') as procurement_category,
        published_value,
        currency,
        value_gbp,
        value_status,
        case when currency = 'GBP' then first_stated_value end as first_value_gbp,
        stated_value_count > 1 as is_value_corrected,
        tender_value_gbp,
        tender_value_status,
        award_date,
        start_date,
        end_date,
        end_date_basis,
        null::text as printed_term,
        published_date,
        last_published_date,
        release_count,
        release_ids,
        coverage,
        source_dataset,
        source_vintage,
        'none' as source_document,
        null::text as citation,
        is_generated
    from noticed
    union all
    select * from papers
    union all
    select * from lists

)

select * from final
