with printed as (

    select * from {{ ref('paper_grants_register') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        {{ label_code('printed.grant_name') }} as grant_code,
        printed.grant_name,
        printed.grant_type,
        printed.funder,
        printed.funder_basis,
        printed.status_2011_12 as status,
        '2011/12' as financial_year,
        printed.description,
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.basis,
        false as is_generated
    from printed
    inner join documents using (source_doc)

)

select * from final
