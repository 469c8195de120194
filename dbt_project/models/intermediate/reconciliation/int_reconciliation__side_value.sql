{%- set of_parts = "filter (where role = 'part')" -%}
{%- set of_base = "filter (where role = 'base')" %}

with parts as (

    select * from {{ ref('int_reconciliation__part') }}

),

-- A blank cell counts as nothing, in the sum and in what rounding leaves open.
added as (

    select
        check_code,
        side,
        case
            when side = 'left' or max(formula collate "C") = 'at_most' then 'sum' else max(formula collate "C")
        end as side_formula,
        sum(weight * coalesce(base_value, 0)) {{ of_parts }} as parts_value,
        sum(abs(weight) * open_half_unit) {{ of_parts }} as parts_open,
        nullif(sum(weight * coalesce(base_value, 0)) {{ of_base }}, 0) as base_total,
        sum(abs(weight) * open_half_unit) {{ of_base }} as base_open,
        max(value_text collate "C") as word,
        min(base_unit collate "C") as first_unit,
        max(base_unit collate "C") as last_unit
    from parts
    group by check_code, side

),

-- What the rounding of both can move a quotient by, at most: the largest dividend over the smallest divisor.
divided as (

    select
        *,
        parts_value / base_total as quotient,
        (abs(parts_value) + parts_open) / nullif(abs(base_total) - base_open, 0)
        - abs(parts_value) / abs(base_total) as quotient_open
    from added

),

final as (

    select
        check_code,
        side,
        word,
        trim_scale(round(
            case
                when word is not null then null
                when side_formula in ('sum', 'word') then parts_value
                when side_formula = 'share' then 100 * quotient
                when side_formula = 'change' then 100 * (quotient - 1)
                when side_formula = 'ratio' then quotient
            end,
            6
        )) as side_value,
        trim_scale(round(
            case
                when word is not null then null
                when side_formula in ('sum', 'word') then parts_open
                when side_formula = 'ratio' then quotient_open
                else 100 * quotient_open
            end,
            6
        )) as side_open,
        case when side_formula in ('share', 'change') then 'percent' else first_unit end as unit,
        side_formula in ('sum', 'word') and first_unit <> last_unit as is_mixed
    from divided

)

select * from final
