with processes as (

    select * from {{ ref('stg_ocds__process') }}

),

awards as (

    select
        processes.ocid,
        award,
        award ->> 'id' as award_id
    from processes
    cross join lateral jsonb_array_elements(coalesce(processes.process -> 'awards', '[]')) as award

),

-- What was signed on an award; where that is several contracts, their values together, first start and last end.
contracts as (

    select
        processes.ocid,
        contract ->> 'awardID' as award_id,
        sum({{ json_number("(contract #> '{value,amount}')") }}) as contract_value,
        min({{ by_letters("(contract #>> '{value,currency}')") }}) as contract_currency,
        min({{ published_day("(contract #>> '{period,startDate}')") }}) as contract_start_date,
        max({{ published_day("(contract #>> '{period,endDate}')") }}) as contract_end_date
    from processes
    cross join lateral jsonb_array_elements(coalesce(processes.process -> 'contracts', '[]')) as contract
    group by processes.ocid, contract ->> 'awardID'

),

final as (

    select
        awards.ocid,
        awards.award_id,
        awards.award ->> 'status' as award_status,
        {{ notice_text("awards.award ->> 'title'") }} as award_title,
        {{ published_day("(awards.award ->> 'date')") }} as award_date,
        {{ json_number("(awards.award #> '{value,amount}')") }} as award_value,
        awards.award #>> '{value,currency}' as award_currency,
        {{ published_day("(awards.award #>> '{contractPeriod,startDate}')") }} as award_start_date,
        {{ published_day("(awards.award #>> '{contractPeriod,endDate}')") }} as award_end_date,
        contracts.contract_value,
        contracts.contract_currency,
        contracts.contract_start_date,
        contracts.contract_end_date
    from awards
    left join contracts using (ocid, award_id)

)

select * from final
