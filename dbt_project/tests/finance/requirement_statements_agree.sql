select
    authority_code,
    source_document,
    financial_year,
    version,
    measure_code,
    string_agg(distinct value::text, ', ') as stated_values
from {{ ref('stg_papers__budget_requirement') }}
where basis = 'printed'
group by authority_code, source_document, financial_year, version, measure_code
having count(distinct value) > 1
