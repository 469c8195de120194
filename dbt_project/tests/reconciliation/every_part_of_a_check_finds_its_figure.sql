-- No expected number: one figure at least; 0: any number; else exactly as many.
select
    check_code,
    side,
    part_order,
    selector,
    expected_figures,
    count(figure_id) as found_figures
from {{ ref('int_reconciliation__part') }}
group by check_code, side, part_order, selector, expected_figures
having
    (expected_figures is null and count(figure_id) = 0)
    or (expected_figures > 0 and count(figure_id) <> expected_figures)
