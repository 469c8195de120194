with sides as (

    select
        check_code,
        side,
        unit,
        word,
        case
            when is_mixed then 'figures of two units are added up'
            when word is null and side_value is null then 'there is nothing to divide by, or no number'
        end as reason
    from {{ ref('int_reconciliation__side_value') }}

),

pairs as (

    select
        checks.check_code,
        coalesce(left_side.reason, case when left_side.check_code is null then 'has no figure' end) as left_reason,
        coalesce(
            right_side.reason,
            case when right_side.check_code is null then 'has no figure' end,
            case
                when checks.formula <> 'ratio' and left_side.unit <> right_side.unit
                    then 'is in ' || right_side.unit || ', the left in ' || left_side.unit
                when (left_side.word is null) <> (right_side.word is null) then 'a word stands against a number'
            end
        ) as right_reason
    from {{ ref('int_reconciliation__check') }} as checks
    left join sides as left_side on checks.check_code = left_side.check_code and left_side.side = 'left'
    left join sides as right_side on checks.check_code = right_side.check_code and right_side.side = 'right'

)

select
    check_code,
    'left' as side,
    left_reason as reason
from pairs
where left_reason is not null

union all

select
    check_code,
    'right' as side,
    right_reason as reason
from pairs
where right_reason is not null
