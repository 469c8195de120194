with printed as (

    select * from {{ ref('paper_contracts_named') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        'paper-' || {{ label_code('printed.contract_name') }} as contract_code,
        printed.contract_name,
        printed.supplier as supplier_name,
        printed.contract_type,
        printed.term_or_event,
        printed.owner_area,
        printed.description,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
