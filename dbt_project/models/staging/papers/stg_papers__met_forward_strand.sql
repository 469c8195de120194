with printed as (

    select * from {{ ref('paper_met_forward_workstrands') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

-- The strands of Met Forward Two: the first programme's are theirs under older names, and the web page repeats one.
final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.workstrand_id as strand_code,
        printed.workstrand as strand_name,
        printed.subtitle,
        printed.priority_workstrands,
        printed.basis
    from printed
    inner join documents using (source_doc)
    where printed.programme_version = 'Met Forward Two 2011/14'

)

select * from final
