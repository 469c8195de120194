with printed as (

    select * from {{ ref('paper_met_forward_projects') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

-- A project is known by its paragraph; where several share one, by its name as well.
final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        concat_ws(
            '_',
            'P' || printed.project_para,
            case
                when count(*) over (partition by printed.source_doc, printed.project_para) > 1
                    then upper({{ label_code('printed.project_name') }})
            end
        ) as project_code,
        printed.project_name,
        printed.workstrand_inferred as strand_name,
        printed.status_as_of_2010_05_27 as status,
        printed.figures as stated_figures,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
