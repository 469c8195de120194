with sides as (

    select * from {{ ref('int_reconciliation__side') }}

),

checks as (

    select * from {{ ref('int_reconciliation__check') }}

),

compared as (

    select
        check_code,
        left_side.word = right_side.word as is_same_word,
        left_side.side_value - right_side.side_value as difference,
        left_side.side_open + right_side.side_open as tolerance,
        coalesce(checks.formula = 'at_most', false) as is_a_most,
        -- Which way the right figure may lie from the left one, and the left from the right, where one is a bound.
        case left_side.bound when 'lower' then 1 when 'upper' then -1 end as left_direction,
        case right_side.bound when 'lower' then -1 when 'upper' then 1 end as right_direction
    from sides as left_side
    inner join sides as right_side using (check_code)
    left join checks using (check_code)
    where left_side.side = 'left' and right_side.side = 'right'

),

bounded as (

    select
        *,
        case
            when is_a_most then difference <= tolerance
            when left_direction is not null or right_direction is not null
                then
                    coalesce(difference * left_direction <= tolerance, true)
                    and coalesce(difference * right_direction <= tolerance, true)
        end as is_within_stated_bound
    from compared

),

-- What the paper itself calls a least or a most, and keeps to, is no disagreement; nor is a part that its whole holds.
final as (

    select
        check_code,
        difference,
        tolerance,
        case
            when is_same_word or difference = 0 then 'exact'
            when abs(difference) <= tolerance then 'within_rounding'
            when is_within_stated_bound then 'within_bound'
            else 'differs'
        end as outcome,
        is_within_stated_bound
    from bounded

)

select * from final
