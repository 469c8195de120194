with papers as (

    select * from {{ ref('int_finance__grant_settlement_papers') }}

),

feed as (

    select * from {{ ref('int_finance__grant_settlement_feed') }}

),

stated as (

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
        'none' as source_dataset,
        'none' as source_vintage,
        false as is_generated
    from papers

),

paid as (

    select
        body_code,
        financial_year,
        stream_code,
        version,
        'none' as document,
        stream_name,
        amount_gbp,
        change_pct,
        case when change_pct is not null then 'derived' end as change_basis,
        case when change_pct is not null then 'cash' end as change_terms,
        null as transferred_from,
        null as transferred_to,
        'printed' as year_basis,
        null as note,
        authority_code,
        'none' as source_document,
        citation,
        'printed' as basis,
        source_dataset,
        source_vintage,
        is_generated
    from feed

),

final as (

    select * from stated
    union all
    select * from paid

)

select * from final
