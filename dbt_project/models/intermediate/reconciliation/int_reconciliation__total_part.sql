with totals as (

    select * from {{ ref('int_reconciliation__printed_total') }}

),

figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

-- As many lines as the formula says, between the total before and this one. A number that it does not know finds none.
counted_parts as (

    select
        totals.check_code,
        1 as part_order,
        totals.formula as selector,
        coalesce(totals.part_count, 1) as expected_figures,
        figures.figure_id
    from totals
    left join figures
        on
            {{ total_shares_column() }}
            and not figures.is_total
            and totals.previous_total_order < figures.line_order
            and totals.line_order > figures.line_order
            and totals.part_count is not null
    where totals.is_counted

),

sided as (

    select
        'right' as side,
        named_parts.*
    from {{ ref('int_reconciliation__total_term') }} as named_parts

    union all

    select
        'right' as side,
        counted_parts.*
    from counted_parts

    union all

    select
        'left' as side,
        check_code,
        1 as part_order,
        figure_id as selector,
        1 as expected_figures,
        figure_id
    from totals

),

final as (

    select
        check_code,
        side,
        part_order,
        'part' as role,
        1 as weight,
        selector,
        expected_figures,
        figure_id
    from sided

)

select * from final
