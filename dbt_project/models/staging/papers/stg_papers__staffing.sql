with printed as (

    select * from {{ ref('paper_staffing') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

final as (

    select
        documents.authority_code,
        documents.force_code,
        printed.source_doc as source_document,
        {{ paper_citation('printed') }} as citation,
        printed.table_code,
        printed.line_order,
        printed.staff_group,
        printed.row_label,
        printed.is_total,
        printed.financial_year,
        ({{ financial_year_first_day('printed.financial_year') }} + interval '1 year - 1 day')::date as year_end,
        printed.version,
        printed.column_label,
        printed.value as planned_count,
        printed.measure_basis,
        printed.basis
    from printed
    inner join documents using (source_doc)

)

select * from final
