with definitions as (

    select * from {{ ref('ref_reconciliation_check') }}

),

parts as (

    select * from {{ ref('ref_reconciliation_part') }}

),

figures as (

    select * from {{ ref('int_reconciliation__figure') }}

),

-- A check runs once for each figure that its anchor finds; an empty cell states nothing that could be checked.
final as (

    select distinct
        definitions.check_code as definition_code,
        definitions.check_kind,
        definitions.formula,
        definitions.description,
        figures.line_code,
        concat_ws(
            '.',
            definitions.check_code,
            case when parts.line_code = 'each' then figures.line_code end,
            case when parts.financial_year = 'each' then figures.financial_year end,
            case when parts.version = 'each' then figures.version end
        ) as check_code,
        case when parts.line_code = 'each' then figures.line_order end as line_order,
        case when parts.financial_year = 'all' then 'none' else figures.financial_year end as financial_year,
        case when parts.financial_year = 'all' then 'none' else figures.version end as version
    from definitions
    inner join parts on definitions.check_code = parts.check_code and parts.is_anchor
    inner join figures
        on
            {{ part_selects_figure() }}
            and parts.line_code in ('each', figures.line_code)
    where
        figures.cell_status <> 'blank'
        and (definitions.first_year is null or {{ by_letters('figures.financial_year') }} >= definitions.first_year)

)

select * from final
