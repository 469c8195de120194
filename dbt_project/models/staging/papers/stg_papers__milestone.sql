with printed as (

    select * from {{ ref('paper_milestones') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.milestone_id,
        printed.event as milestone_name,
        printed.date as printed_date,
        printed.end_date as printed_end_date,
        printed.date_precision,
        printed.description,
        {{ printed_last_day('coalesce(printed.end_date, printed.date)') }} as last_day,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
