-- The draft plan numbers its indicators, the adopted paper does not: the code is the draft's number.
select
    kpis.kpi_code,
    kpis.draft_row_id,
    printed.kpi_number
from {{ ref('ref_kpi') }} as kpis
left join {{ ref('paper_kpi_targets') }} as printed on kpis.draft_row_id = printed.kpi_row_id
where kpis.draft_row_id is not null and kpis.kpi_code is distinct from 'KPI' || printed.kpi_number
