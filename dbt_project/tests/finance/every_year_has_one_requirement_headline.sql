select
    financial_year,
    count(*) filter (where is_headline) as headline_count
from {{ ref('budget_requirement') }}
group by financial_year
having count(*) filter (where is_headline) <> 1
