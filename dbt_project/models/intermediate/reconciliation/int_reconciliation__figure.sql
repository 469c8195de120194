{{ config(materialized='table') }}

with figures as (

    {% for kind in ['table', 'fact', 'stated', 'split', 'noted', 'listed', 'label', 'feed'] %}
        select * from {{ ref('int_reconciliation__' ~ kind ~ '_figure') }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Only a number can be reckoned with; a status or a date stays text.
numbered as (

    select
        *,
        concat_ws('.', table_code, measure_code, line_code, financial_year, version) as figure_id,
        case when printed_value ~ '^-?\d+(\.\d+)?$' then printed_value::numeric end as printed_number
    from figures

),

measured as (

    select
        *,
        -- A table prints all figures of a kind alike: its bare 0 is as exact as the 0.1 beside it.
        max(scale(printed_number)) over (partition by coalesce(printed_together, figure_id)) as decimals,
        {{ base_per_unit('printed_unit') }} as units
    from numbered

),

final as (

    select
        figure_id,
        table_code,
        measure_code,
        line_group,
        line_code,
        financial_year,
        version,
        line_order,
        label,
        printed_number as printed_value,
        printed_unit,
        case when printed_number is null then printed_value end as value_text,
        trim_scale(printed_number * units) as base_value,
        {{ base_unit('printed_unit') }} as base_unit,
        -- Nobody rounds "four teams": whole things told in words are exact, as are blank cells and our own counts.
        case
            when cell_status <> 'printed' then 0
            when basis = 'narrative' and printed_unit in ('count', 'year') then 0
            else trim_scale(0.5 * power(10::numeric, -decimals) * units)
        end as half_unit,
        is_total,
        total_formula,
        cell_status,
        qualifier,
        basis,
        authority_code,
        source_document,
        passage,
        row_label
    from measured

)

select * from final
