with papers as (

    select * from {{ ref('int_finance__grant_settlement_papers') }}

),

final as (

    select
        body_code,
        grant_year as financial_year,
        stream_code,
        version,
        source_document as document,
        stream_name,
        amount_gbp,
        change_pct,
        change_basis,
        change_terms,
        moved_from_code as transferred_from,
        moved_to_code as transferred_to,
        case when grant_year <> 'unknown' then coalesce(split_part(effective_year_basis, ' ', 1), 'printed') end
            as year_basis,
        note,
        authority_code,
        source_document,
        citation,
        basis,
        false as is_generated
    from papers

)

select * from final
