{%- set year_before = "(" ~ financial_year_first_day('checks.financial_year') ~ " - interval '1 year')" %}

with checks as (

    select * from {{ ref('int_reconciliation__check') }}

),

definitions as (

    select * from {{ ref('ref_reconciliation_part') }}

),

figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

-- Each part of a check with the line, year and version that `each` and `previous` stand for in it.
parts as (

    select
        checks.check_code,
        checks.line_order as up_to_order,
        definitions.side,
        definitions.part_order,
        definitions.role,
        definitions.weight,
        definitions.table_code,
        definitions.measure_code,
        definitions.line_group,
        case definitions.line_code when 'each' then checks.line_code else definitions.line_code end as line_code,
        case definitions.financial_year
            when 'each' then checks.financial_year
            when 'previous' then {{ financial_year_name(year_before) }}
            else definitions.financial_year
        end as financial_year,
        case definitions.version when 'each' then checks.version else definitions.version end as version
    from checks
    inner join definitions on checks.definition_code = definitions.check_code

),

final as (

    select
        parts.check_code,
        parts.side,
        parts.part_order,
        parts.role,
        parts.weight,
        concat_ws(
            '.', parts.table_code, parts.measure_code, parts.line_group, parts.line_code, parts.financial_year,
            parts.version
        ) as selector,
        -- `all` finds at least one figure, `upto` any number, everything else exactly one.
        case
            when 'all' in (parts.line_code, coalesce(parts.financial_year, 'any')) then null
            when parts.line_code = 'upto' then 0
            else 1
        end as expected_figures,
        figures.figure_id
    from parts
    left join figures
        on
            {{ part_selects_figure() }}
            and (
                parts.line_code in ('all', figures.line_code)
                or (parts.line_code = 'upto' and parts.up_to_order >= figures.line_order)
            )

)

select * from final
