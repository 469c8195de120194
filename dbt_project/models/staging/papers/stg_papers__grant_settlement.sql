with printed as (

    select * from {{ ref('paper_grant_settlement') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        documents.force_code,
        printed.statement_id,
        printed.statement_type,
        printed.grant_or_scope as grant_label,
        printed.financial_year,
        printed.effective_year,
        printed.effective_year_basis,
        printed.value,
        printed.unit,
        printed.moved_from,
        printed.moved_to,
        printed.description as note,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
