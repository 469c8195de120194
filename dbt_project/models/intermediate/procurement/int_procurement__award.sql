with processes as (

    select * from {{ ref('stg_ocds__process') }}

),

awards as (

    select * from {{ ref('stg_ocds__award') }}

),

statements as (

    select * from {{ ref('stg_ocds__award_statement') }}

),

-- What the notices have said of an award's value, from the first that said anything.
stated as (

    select
        ocid,
        award_id,
        (array_agg(award_value order by released_at, release_id collate "C"))[1] as first_stated_value,
        count(distinct award_value) as stated_value_count
    from statements
    where award_value is not null
    group by ocid, award_id

),

valued as (

    select
        processes.*,
        coalesce(awards.award_id, 'none') as award_id,
        awards.award_title,
        awards.award_status,
        awards.award_date,
        coalesce(awards.award_value, awards.contract_value) as published_value,
        case when awards.award_value is null then awards.contract_currency else awards.award_currency end as currency,
        stated.first_stated_value,
        coalesce(stated.stated_value_count, 0) as stated_value_count,
        coalesce(awards.award_start_date, awards.contract_start_date, processes.tender_start_date) as start_date,
        coalesce(awards.award_end_date, awards.contract_end_date, processes.tender_end_date) as end_date,
        case
            when awards.award_end_date is not null then 'award'
            when awards.contract_end_date is not null then 'contract'
            when processes.tender_end_date is not null then 'tender'
            else 'none'
        end as end_date_basis
    from processes
    left join awards using (ocid)
    left join stated using (ocid, award_id)

),

final as (

    select
        *,
        {{ value_status('award_id', 'published_value', 'currency') }} as value_status,
        case when currency = 'GBP' then published_value end as value_gbp,
        {{ value_status("'tender'", 'tender_value', 'tender_currency') }} as tender_value_status,
        case when tender_currency = 'GBP' then tender_value end as tender_value_gbp,
        case
            when award_id <> 'none' then 'awarded'
            when tender_status in ('planning', 'planned') then 'planned'
            when tender_status in ('cancelled', 'unsuccessful', 'withdrawn') then 'ended'
            else 'tendered'
        end as stage
    from valued

)

select * from final
