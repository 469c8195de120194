with figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

totals as (

    select
        *,
        lag(line_order, 1, 0) over (
            partition by table_code, measure_code, financial_year, version order by line_order
        ) as previous_total_order
    from figures
    where is_total

),

final as (

    select
        concat_ws('.', 'printed_total', table_code, line_code, financial_year, version) as check_code,
        'The printed total "' || label || '" against its parts: ' || total_formula as description,
        figure_id,
        table_code,
        measure_code,
        line_code,
        line_order,
        previous_total_order,
        financial_year,
        version,
        lower(total_formula) as formula,
        -- "Sum of the four ... rows" says how many.
        array_position(
            string_to_array('one two three four five six seven eight nine ten', ' '),
            substring(lower(total_formula) from '^sum of (?:the )?(\w+) ')
        ) as part_count,
        total_formula ~* '^sum of ' as is_counted
    from totals
    where total_formula is not null and cell_status = 'printed'

)

select * from final
