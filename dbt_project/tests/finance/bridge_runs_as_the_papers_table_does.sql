select
    bridge.financial_year,
    bridge.movement_order,
    bridge.running_total_gbp,
    printed.running_total_derived
from {{ ref('budget_bridge') }} as bridge
left join {{ ref('paper_budget_bridge') }} as printed
    on bridge.movement_order = printed.line_order and bridge.source_document = printed.source_doc
where bridge.running_total_gbp is distinct from {{ to_gbp('printed.running_total_derived', 'printed.unit') }}
