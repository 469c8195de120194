with disposals as (

    select *
    from {{ ref('int_estates__open_disposal') }}
    where body_code = '{{ var("force_code") }}' and decision_date is not null

),

-- An amount counts in the year in which the disposal was to be gone, or was.
amounts as (

    select
        {{ financial_year_name(financial_year_start('target_date')) }} as financial_year,
        expected_receipt_gbp,
        null::numeric as actual_receipt_gbp,
        case when completed_date is null then expected_receipt_gbp end as open_receipt_gbp,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from disposals
    where target_date is not null
    union all
    select
        {{ financial_year_name(financial_year_start('completed_date')) }} as financial_year,
        null as expected_receipt_gbp,
        actual_receipt_gbp,
        null as open_receipt_gbp,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from disposals
    where completed_date is not null

),

final as (

    select
        financial_year,
        sum(expected_receipt_gbp) as expected_receipt_gbp,
        sum(actual_receipt_gbp) as actual_receipt_gbp,
        coalesce(sum(actual_receipt_gbp), 0) + coalesce(sum(open_receipt_gbp), 0) as outlook_gbp,
        min(authority_code collate "C") as authority_code,
        min(source_dataset collate "C") as source_dataset,
        max(source_vintage collate "C") as source_vintage,
        bool_or(is_generated) as is_generated
    from amounts
    group by financial_year

)

select * from final
