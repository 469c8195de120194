with anchors as (

    select * from {{ ref('int_reconciliation__anchor') }}

),

printed_totals as (

    select * from {{ ref('int_reconciliation__printed_total') }}

),

final as (

    select
        check_code,
        definition_code,
        check_kind,
        formula,
        description,
        line_code,
        line_order,
        financial_year,
        version
    from anchors

    union all

    select
        check_code,
        'printed_total' as definition_code,
        'total_against_parts' as check_kind,
        'sum' as formula,
        description,
        line_code,
        line_order,
        financial_year,
        version
    from printed_totals

)

select * from final
