with figures as (

    select * from {{ ref('paper_estate_facts') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

own as (

    select * from {{ ref('int_estates__own_figure') }}

),

final as (

    select
        figures.fact_id as figure_code,
        figures.metric,
        figures.description,
        coalesce(figures.financial_year, 'none') as financial_year,
        figures.value as paper_value,
        figures.unit,
        figures.qualifier,
        figures.basis,
        own.value as register_value,
        own.value - figures.value as difference,
        documents.authority_code,
        figures.source_doc as source_document,
        {{ paper_citation('figures') }} as citation,
        false as is_generated
    from figures
    inner join documents on figures.source_doc = documents.source_doc
    left join own
        on
            figures.metric = own.metric
            and coalesce(figures.financial_year, 'none') = own.financial_year
            and figures.unit = own.unit

)

select * from final
