-- No plan is lost or repeated by joining what was reported.
with plans as (

    select
        row_id as paper_row,
        amount_gbp
    from {{ ref('stg_papers__savings') }}
    where starts_with(row_type, 'programme_')

),

tracked as (

    select
        paper_row,
        count(*) as row_count,
        max(planned_gbp) as planned_gbp
    from {{ ref('savings_tracker') }}
    where document <> 'none'
    group by paper_row

)

select
    paper_row,
    tracked.row_count,
    plans.amount_gbp,
    tracked.planned_gbp
from plans
full join tracked using (paper_row)
where tracked.row_count is distinct from 1 or plans.amount_gbp is distinct from tracked.planned_gbp
