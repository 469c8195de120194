with lines as (

    select * from {{ ref('stg_papers__capital_funding') }}

),

-- Sub totals and the total stay out, so that the sources can be added up; capital_position holds the printed total.
sources as (

    select
        lines.*,
        sum(lines.amount_gbp) over (
            partition by lines.source_document, lines.financial_year, lines.version
        ) as total_gbp
    from lines
    where not lines.is_total

),

final as (

    select
        line_code as funding_code,
        financial_year,
        version,
        line_order,
        line_name as source_name,
        funding_block,
        amount_gbp,
        cell_status,
        round(100 * coalesce(amount_gbp, 0) / nullif(total_gbp, 0), 2) as share_pct,
        authority_code,
        source_document,
        citation,
        basis,
        false as is_generated
    from sources

)

select * from final
