with printed as (

    select * from {{ ref('paper_mpa_key_objectives') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.organisation || '_' || printed.objective_number as objective_code,
        printed.description as objective_name,
        printed.financial_year,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
