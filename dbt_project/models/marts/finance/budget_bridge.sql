with lines as (

    select * from {{ ref('stg_papers__budget_bridge') }}

),

-- A bridge is one printed table, and its year is the year it leads to: its opening balance is the year's before.
final as (

    select
        max(financial_year) over (partition by source_document, passage) as financial_year,
        line_order as movement_order,
        line_code as movement_code,
        line_name as movement_name,
        line_type as movement_type,
        financial_year as balance_year,
        is_total,
        amount_gbp,
        sum(amount_gbp) filter (where line_type <> 'closing_balance') over (
            partition by source_document, passage order by line_order
        ) as running_total_gbp,
        authority_code,
        source_document,
        citation,
        basis,
        false as is_generated
    from lines

)

select * from final
