with lines as (

    select * from {{ ref('stg_papers__capital_funding') }}

),

final as (

    select
        authority_code,
        source_document,
        financial_year,
        version,
        max(amount_gbp) filter (where line_code = 'total_funding') as funding_gbp,
        coalesce(max(amount_gbp) filter (where line_code = 'borrowing_supported_and_unsupported'), 0)
            as borrowing_gbp,
        max(passage collate "C") || ' > ' || string_agg(line_name, ', ' order by line_order) as citation
    from lines
    where line_code in ('total_funding', 'borrowing_supported_and_unsupported')
    group by authority_code, source_document, financial_year, version

)

select * from final
