with totals as (

    select * from {{ ref('int_reconciliation__printed_total') }}

),

aliases as (

    select * from {{ ref('ref_reconciliation_term') }}

),

figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

terms as (

    select
        totals.*,
        split.term,
        split.part_order::integer as part_order
    from totals
    cross join regexp_split_to_table(totals.formula, ' \+ ') with ordinality as split (term, part_order)
    where not totals.is_counted

),

-- A term is the code or the label of a line, or another name for it that the seed knows.
coded as (

    select
        terms.*,
        coalesce(aliases.line_code, {{ label_code('terms.term') }}) as term_code
    from terms
    left join aliases using (table_code, term)

),

final as (

    select
        totals.check_code,
        totals.part_order,
        totals.term as selector,
        1 as expected_figures,
        figures.figure_id
    from coded as totals
    left join figures
        on
            {{ total_shares_column() }}
            and totals.figure_id <> figures.figure_id
            and totals.term_code in (figures.line_code, {{ label_code('figures.label') }})

)

select * from final
