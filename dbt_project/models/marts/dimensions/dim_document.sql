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

    union all

    {{ dimension_members({
        'source_document': 'code',
        'document_title': 'label',
        'document_date': 'null',
        'date_precision': "'undated'",
        'document_status': 'code',
        'note': 'null',
        'is_generated': 'false',
    }) }}

)

select * from final
