with printed as (

    select * from {{ ref('paper_peel_judgements') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        {{ label_code('printed.inspection') }} as inspection_code,
        printed.item_id as item_code,
        printed.inspection as inspection_name,
        printed.published_or_updated as page_date,
        printed.force as force_name,
        printed.item_type,
        printed.question_number,
        coalesce(printed.grade, 'none') as grade,
        printed.description,
        printed.basis,
        -- The table holds grades as printed and every other text in our words.
        'ours' as wording
    from printed
    inner join documents using (source_doc)

)

select * from final
