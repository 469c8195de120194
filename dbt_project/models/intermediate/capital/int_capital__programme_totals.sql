with lines as (

    select * from {{ ref('stg_papers__capital_expenditure') }}

),

-- The paper prints over-programming as a negative adjustment; here it is how much more is planned than paid for.
final as (

    select
        authority_code,
        source_document,
        financial_year,
        version,
        max(amount_gbp) filter (where line_code = 'grand_total') as gross_programme_gbp,
        -coalesce(max(amount_gbp) filter (where line_code = 'overprogramming'), 0) as over_programming_gbp,
        max(cell_status collate "C") filter (where line_code = 'overprogramming') as over_programming_cell_status,
        max(amount_gbp) filter (where line_code = 'revised_total') as net_programme_gbp,
        max(passage collate "C") || ' > ' || string_agg(line_name, ', ' order by line_order) as citation
    from lines
    where line_code in ('grand_total', 'overprogramming', 'revised_total')
    group by authority_code, source_document, financial_year, version

)

select * from final
