with processes as (

    select * from {{ ref('int_procurement__flag_process') }}

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
    from {{ ref('int_procurement__flag_threshold') }} as runs
    inner join flags on flags.flag_code = 'just_under_threshold' and runs.award_count >= flags.limit_value

),

final as (

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

)

select * from final
