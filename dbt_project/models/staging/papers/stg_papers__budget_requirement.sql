with printed as (

    select * from {{ ref('paper_budget_requirement') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        printed.source_doc as source_document,
        {{ paper_passage('printed') }} as passage,
        {{ paper_citation('printed') }} as citation,
        printed.row_label as line_name,
        printed.measure_code,
        printed.financial_year,
        {{ financial_year_first_day('printed.financial_year') }} as year_start,
        -- The seed files the plan's running text under its position table: a figure without a table is narrative.
        case
            when printed.version = 'draft_plan' and printed.source_table is null then 'narrative'
            else printed.version
        end as version,
        printed.value,
        printed.unit,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
