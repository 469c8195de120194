with figures as (

    select * from {{ ref('stg_papers__savings') }}

),

statements as (

    select * from {{ ref('ref_savings_statement') }}

),

final as (

    select
        figures.financial_year,
        figures.source_document as document,
        statements.statement_code,
        figures.row_name as statement_name,
        figures.amount_gbp as saved_gbp,
        figures.amount_pct as saved_pct,
        statements.pct_of,
        bases.amount_gbp as base_gbp,
        statements.saving_basis as basis,
        statements.scope,
        figures.time_basis,
        figures.time_basis_printed,
        figures.period_start,
        figures.period_end,
        figures.baseline_year,
        figures.qualifier,
        figures.stated_status,
        figures.description,
        figures.row_id as paper_row,
        figures.authority_code,
        figures.source_document,
        figures.citation,
        figures.basis as figure_basis,
        false as is_generated
    from figures
    inner join statements on figures.row_id = statements.paper_row
    left join figures as bases on statements.base_row = bases.row_id

)

select * from final
