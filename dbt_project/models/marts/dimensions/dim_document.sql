with documents as (

    select * from {{ ref('paper_documents') }}

),

final as (

    select
        source_doc as source_document,
        source_title as document_title,
        document_date,
        date_precision,
        status as document_status,
        note,
        false as is_generated
    from documents

)

select * from final
