with parts as (

    select * from {{ ref('int_reconciliation__part') }}

),

-- A figure is named with its year and version where these are not the check's own, and with the paper's qualifier.
named as (

    select
        *,
        nullif(
            concat_ws(
                ' ', nullif(nullif(financial_year, check_year), 'none'), nullif(nullif(version, check_version), 'none')
            ),
            ''
        ) as figure_time,
        row_number() over (
            partition by check_code, side, role
            order by part_order, line_order, financial_year collate "C", line_code collate "C"
        ) as place
    from parts
    where figure_id is not null

),

terms as (

    select
        check_code,
        side,
        role,
        max(formula collate "C") as formula,
        string_agg(
            case when weight < 0 then '- ' when place > 1 then '+ ' else '' end
            || case when abs(weight) = 1 then '' else abs(weight)::text || ' x ' end
            || concat_ws(' ', label, '(' || figure_time || ')', '[' || nullif(qualifier, 'derived') || ']'),
            ' '
            order by place
        ) as role_label
    from named
    group by check_code, side, role

),

roles as (

    select
        check_code,
        side,
        case side when 'left' then 'sum' else max(formula collate "C") end as side_formula,
        max(role_label collate "C") filter (where role = 'part') as parts_label,
        max(role_label collate "C") filter (where role = 'base') as base_label
    from terms
    group by check_code, side

),

final as (

    select
        check_code,
        side,
        case side_formula
            when 'share' then parts_label || ', as % of ' || base_label
            when 'change' then 'Change in % from ' || base_label || ' to ' || parts_label
            when 'ratio' then parts_label || ' / ' || base_label
            else parts_label
        end as side_label
    from roles

)

select * from final
