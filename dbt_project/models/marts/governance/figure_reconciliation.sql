with checks as (

    select * from {{ ref('int_reconciliation__check') }}

),

sides as (

    select * from {{ ref('int_reconciliation__side') }}

),

comparisons as (

    select * from {{ ref('int_reconciliation__comparison') }}

),

left_sides as (

    select *
    from sides
    where side = 'left'

),

right_sides as (

    select *
    from sides
    where side = 'right'

),

final as (

    select
        checks.check_code,
        checks.check_kind,
        checks.description,
        left_sides.side_label as left_label,
        left_sides.side_value as left_value,
        right_sides.side_label as right_label,
        right_sides.side_value as right_value,
        comparisons.difference,
        round(100 * comparisons.difference / nullif(abs(right_sides.side_value), 0), 2) as difference_pct,
        left_sides.unit,
        comparisons.tolerance,
        comparisons.outcome,
        comparisons.is_within_stated_bound,
        'derived' in (left_sides.basis, right_sides.basis) as is_derived,
        left_sides.word as left_word,
        right_sides.word as right_word,
        left_sides.citation as left_citation,
        right_sides.citation as right_citation,
        left_sides.basis as left_basis,
        right_sides.basis as right_basis,
        checks.financial_year,
        checks.version,
        left_sides.authority_code,
        left_sides.document as source_document,
        right_sides.document as right_document,
        false as is_generated
    from checks
    inner join left_sides using (check_code)
    inner join right_sides using (check_code)
    inner join comparisons using (check_code)

)

select * from final
