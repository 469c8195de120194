with processes as (

    select * from {{ ref('int_procurement__flag_process') }}

),

runs as (

    select * from {{ ref('int_procurement__flag_threshold') }}

),

spent as (

    select * from {{ ref('int_procurement__flag_spend') }}

),

register as (

    select * from {{ ref('contract_register') }}

),

flags as (

    select * from {{ ref('ref_procurement_flag') }}

),

raised as (

    select
        processes.flag_code,
        processes.ocid,
        processes.award_id as subject_id,
        processes.award_id,
        processes.measured_value,
        processes.release_ids
    from processes
    inner join flags using (flag_code)
    where
        case processes.flag_code
            when 'award_above_tender' then processes.measured_value > flags.limit_value
            when 'award_without_notice' then true
            else processes.measured_value <= flags.limit_value
        end
    union all
    select
        'just_under_threshold' as flag_code,
        runs.ocid,
        runs.party_code as subject_id,
        runs.award_id,
        runs.award_count as measured_value,
        runs.release_ids
    from runs
    inner join flags on flags.flag_code = 'just_under_threshold' and runs.award_count >= flags.limit_value

),

of_contracts as (

    select
        raised.flag_code,
        raised.ocid,
        raised.subject_id,
        raised.award_id,
        raised.measured_value,
        raised.release_ids as evidence,
        register.buyer_code,
        register.buyer_name,
        register.is_police,
        register.supplier_code,
        register.supplier_name,
        register.title,
        register.value_gbp,
        register.coverage,
        register.source_dataset,
        register.source_vintage,
        register.is_generated
    from raised
    inner join register using (ocid, award_id)

),

-- What was paid without a contract is about no process: it stands at body, supplier and year.
of_payments as (

    select
        flags.flag_code,
        'none' as ocid,
        concat_ws(' ', spent.body_code, spent.supplier_code, spent.financial_year) as subject_id,
        'none' as award_id,
        spent.net_gbp as measured_value,
        spent.evidence,
        spent.body_code as buyer_code,
        spent.body_name as buyer_name,
        spent.is_police,
        spent.supplier_code,
        spent.supplier_name,
        'Payments of ' || spent.financial_year as title,
        null::numeric as value_gbp,
        'partial' as coverage,
        spent.source_dataset,
        spent.source_vintage,
        spent.is_generated
    from spent
    inner join flags on flags.flag_code = 'paid_without_contract' and spent.net_gbp >= flags.limit_value

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
