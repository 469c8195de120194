with of_contracts as (

    select * from {{ ref('int_procurement__flag_contract') }}

),

of_payments as (

    select * from {{ ref('int_procurement__flag_spend') }}

),

flags as (

    select * from {{ ref('ref_procurement_flag') }}

),

asked as (

    select * from of_contracts
    union all
    select * from of_payments

),

final as (

    select
        asked.flag_code,
        asked.ocid,
        asked.subject_id,
        asked.award_id,
        flags.flag_name,
        flags.question,
        flags.rule,
        asked.measured_value,
        flags.limit_value,
        asked.evidence,
        asked.buyer_code,
        asked.buyer_name,
        asked.is_police,
        asked.supplier_code,
        asked.supplier_name,
        asked.title,
        asked.value_gbp,
        flags.reference,
        asked.coverage,
        asked.source_dataset,
        asked.source_vintage,
        asked.is_generated
    from asked
    inner join flags using (flag_code)

)

select * from final
