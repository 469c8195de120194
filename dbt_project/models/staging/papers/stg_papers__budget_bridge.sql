with printed as (

    select * from {{ ref('paper_budget_bridge') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_passage('printed') }} as passage,
        {{ paper_citation('printed') }} as citation,
        printed.line_order,
        printed.line_code,
        printed.row_label as line_name,
        printed.line_type,
        printed.is_total,
        printed.financial_year,
        {{ to_gbp('printed.amount', 'printed.unit') }} as amount_gbp,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
