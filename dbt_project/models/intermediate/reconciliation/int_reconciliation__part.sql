{{ config(materialized='table') }}

with figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

checks as (

    select
        check_code,
        check_kind,
        formula,
        financial_year as check_year,
        version as check_version
    from {{ ref('int_reconciliation__check') }}

),

defined_parts as (

    select * from {{ ref('int_reconciliation__defined_part') }}

),

total_parts as (

    select * from {{ ref('int_reconciliation__total_part') }}

),

parts as (

    select * from defined_parts
    union all
    select * from total_parts

),

final as (

    select
        checks.*,
        parts.side,
        parts.part_order,
        parts.role,
        parts.weight,
        parts.selector,
        parts.expected_figures,
        figures.*,
        -- A working takes printed figures at their face: only its own rounding, and that of others like it, is open.
        case
            when checks.check_kind = 'working_against_figures' and figures.basis <> 'derived' then 0
            else figures.half_unit
        end as open_half_unit
    from checks
    inner join parts using (check_code)
    left join figures using (figure_id)

)

select * from final
