with documents as (

    select * from {{ ref('paper_documents') }}

),

short_names as (

    select * from {{ ref('ref_short_name') }}
    where dimension = 'document'

),

ordered as (

    select
        *,
        row_number() over (
            order by
                document_date collate "C" desc nulls last,
                source_doc collate "C"
        ) as display_order
    from documents

),

final as (

    select
        ordered.source_doc as source_document,
        ordered.source_title as document_title,
        ordered.document_date,
        ordered.date_precision,
        ordered.status as document_status,
        ordered.note,
        false as is_generated,
        coalesce(short_names.short_name, ordered.source_title) as short_name,
        ordered.display_order::integer as display_order
    from ordered
    left join short_names on ordered.source_doc = short_names.code

    union all

    {{ dimension_members({
        'source_document': 'code',
        'document_title': 'label',
        'document_date': 'null',
        'date_precision': "'undated'",
        'document_status': 'code',
        'note': 'null',
        'is_generated': 'false',
        'short_name': 'label',
        'display_order': 'null::integer',
    }) }}

)

select * from final
