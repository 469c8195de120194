with programmes as (

    select * from {{ ref('int_capital__programme_totals') }}

),

funding as (

    select * from {{ ref('int_capital__funding_totals') }}

),

final as (

    select
        programmes.financial_year,
        programmes.version,
        programmes.gross_programme_gbp,
        programmes.over_programming_gbp,
        programmes.over_programming_cell_status,
        round(100 * programmes.over_programming_gbp / nullif(programmes.gross_programme_gbp, 0), 2)
            as over_programming_pct_of_gross,
        round(100 * programmes.over_programming_gbp / nullif(programmes.net_programme_gbp, 0), 2)
            as over_programming_pct_of_net,
        programmes.net_programme_gbp,
        funding.funding_gbp,
        programmes.net_programme_gbp - funding.funding_gbp as funding_gap_gbp,
        funding.funding_gbp >= programmes.net_programme_gbp as is_funded,
        funding.borrowing_gbp,
        round(100 * funding.borrowing_gbp / nullif(funding.funding_gbp, 0), 2) as borrowing_pct,
        programmes.authority_code,
        programmes.source_document,
        concat_ws('; ', programmes.citation, funding.citation) as citation,
        'printed' as basis,
        false as is_generated
    from programmes
    left join funding using (authority_code, source_document, financial_year, version)

)

select * from final
