select
    kpi_code,
    financial_year,
    count(*) filter (where is_headline) as headline_count
from {{ ref('kpi_performance') }}
group by kpi_code, financial_year
having count(*) filter (where is_headline) <> 1
