with figures as (

    select * from {{ ref('int_reconciliation__fact_figure') }}
    union all
    select * from {{ ref('int_reconciliation__stated_figure') }}
    union all
    select * from {{ ref('int_reconciliation__split_figure') }}

),

notes as (

    select * from {{ ref('ref_reconciliation_noted_figure') }}

),

final as (

    select
        figures.authority_code,
        figures.source_document,
        figures.passage,
        {{ lone_figure("'noted'", 'notes.noted_code', 'notes.label', 'notes.value', 'notes.unit', "'printed'",
            "'narrative'") }}
    from notes
    inner join figures
        on
            notes.table_code = figures.table_code
            and notes.line_code = figures.line_code
            and strpos(figures.note, notes.quoted_words) > 0

)

select * from final
