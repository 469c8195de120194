-- The papers' savings hold our own sum of the named programmes with a yearly figure: the rows to count must make it.
with worked as (

    select
        source_document as document,
        financial_year,
        time_basis,
        amount_gbp
    from {{ ref('stg_papers__savings') }}
    where row_type = 'derived_total'

),

counted as (

    select
        document,
        financial_year,
        time_basis,
        sum(planned_gbp) as planned_gbp
    from {{ ref('savings_tracker') }}
    where is_counted
    group by document, financial_year, time_basis

)

select
    worked.document,
    worked.financial_year,
    worked.time_basis,
    worked.amount_gbp,
    counted.planned_gbp
from worked
left join counted using (document, financial_year, time_basis)
where worked.amount_gbp is distinct from counted.planned_gbp
