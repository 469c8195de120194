with figures as (

    select * from {{ ref('stg_papers__savings') }}

),

codes as (

    select * from {{ ref('ref_savings_programme') }}

),

documents as (

    select * from {{ ref('paper_documents') }}

),

-- Programmes only: the seed of programmes has no row for headlines, requirements and gaps.
final as (

    select
        codes.programme_code,
        figures.financial_year,
        figures.time_basis,
        figures.source_document as document,
        documents.document_date,
        figures.row_id as paper_row,
        figures.row_name as programme_name,
        figures.owner_area,
        figures.qualifier,
        figures.amount_gbp as planned_gbp,
        figures.time_basis_printed,
        figures.period_start,
        figures.period_end,
        figures.stated_status,
        figures.description,
        figures.authority_code,
        figures.citation,
        figures.basis
    from figures
    inner join codes on figures.row_id = codes.programme_row
    inner join documents on figures.source_document = documents.source_doc

)

select * from final
