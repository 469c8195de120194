with plans as (

    select *
    from {{ ref('stg_papers__capital_funding') }}
    where line_code = 'capital_receipts'

),

years as (

    select * from {{ ref('int_estates__receipt_year') }}

),

final as (

    select
        coalesce(plans.financial_year, years.financial_year) as financial_year,
        coalesce(plans.version, 'none') as plan_version,
        plans.amount_gbp as planned_receipt_gbp,
        years.expected_receipt_gbp,
        years.actual_receipt_gbp,
        years.outlook_gbp,
        plans.amount_gbp - years.outlook_gbp as gap_gbp,
        coalesce(plans.authority_code, years.authority_code) as authority_code,
        coalesce(plans.source_document, 'none') as source_document,
        coalesce(plans.citation, 'none') as citation,
        coalesce(years.source_dataset, 'none') as source_dataset,
        coalesce(years.source_vintage, 'none') as source_vintage,
        coalesce(years.is_generated, false) as is_generated
    from plans
    full join years on plans.financial_year = years.financial_year

)

select * from final
