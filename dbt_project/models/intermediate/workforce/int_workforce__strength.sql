{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_workforce__counts') }}

),

-- A release replaces what an earlier one said of the day, figure by figure: none holds all days of another.
ordered as (

    select
        *,
        lag(source_vintage) over releases as previous_vintage,
        lag(fte) over releases as previous_fte,
        lag(headcount) over releases as previous_headcount,
        lag(missing_reason) over releases as previous_missing_reason,
        row_number() over (
            partition by source_dataset, force_code, worker_type, as_at_date
            order by vintage_order desc
        ) = 1 as is_latest
    from counts
    window releases as (
        partition by source_dataset, force_code, worker_type, as_at_date
        order by vintage_order
    )

),

-- A release that counts heads beside the hours of the one before restates nothing, nor does a digit behind the
-- hundredths: somebody added up other parts.
final as (

    select
        *,
        previous_vintage is not null
        and (
            coalesce(abs(fte - previous_fte) >= 0.005, false)
            or coalesce(headcount <> previous_headcount, false)
            or missing_reason is distinct from previous_missing_reason
        ) as is_restated
    from ordered

)

select * from final
