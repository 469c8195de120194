with parts as (

    select
        check_code,
        count(*) filter (where is_anchor) as anchors,
        count(*) filter (where side = 'left' and role = 'part') as left_parts,
        count(*) filter (where side = 'left' and role = 'base') as left_bases,
        count(*) filter (where side = 'right' and role = 'part') as right_parts,
        count(*) filter (where side = 'right' and role = 'base') as right_bases
    from {{ ref('ref_reconciliation_part') }}
    group by check_code

)

select
    checks.check_code,
    checks.formula,
    parts.anchors,
    parts.left_parts,
    parts.left_bases,
    parts.right_parts,
    parts.right_bases
from {{ ref('ref_reconciliation_check') }} as checks
left join parts using (check_code)
where
    (
        parts.anchors = 1
        and parts.left_parts > 0
        and parts.left_bases = 0
        and parts.right_parts > 0
        and (parts.right_bases > 0) = (checks.formula in ('share', 'change', 'ratio'))
    ) is not true
