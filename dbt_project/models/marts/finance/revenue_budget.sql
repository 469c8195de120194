with lines as (

    select * from {{ ref('int_finance__revenue_lines') }}

),

latest as (

    select
        authority_code,
        line_code,
        year_start,
        counted_gbp
    from lines
    where is_latest_version

),

final as (

    select
        lines.line_code,
        lines.financial_year,
        lines.budget_version,
        lines.line_order,
        case
            when lines.line_name = upper(lines.line_name) then initcap(lines.line_name)
            else lines.line_name
        end as line_name,
        lines.line_category,
        lines.is_total,
        lines.amount_gbp,
        lines.cell_status,
        lines.counted_gbp - lag(lines.counted_gbp) over (
            partition by lines.authority_code, lines.line_code, lines.financial_year
            order by lines.version_order
        ) as change_on_previous_version_gbp,
        lines.counted_gbp - latest.counted_gbp as change_on_previous_year_gbp,
        lines.is_latest_version,
        lines.authority_code,
        lines.source_document,
        lines.citation,
        lines.basis,
        false as is_generated
    from lines
    left join latest
        on
            lines.authority_code = latest.authority_code
            and lines.line_code = latest.line_code
            and lines.year_start = latest.year_start + interval '1 year'

)

select * from final
