-- Each indicator row of the papers belongs to one KPI, and each row that a KPI names is printed.
with named as (

    select
        kpi_code,
        unnest(array[adopted_row_id, draft_row_id]) as kpi_row_id
    from {{ ref('ref_kpi') }}

),

printed as (

    select kpi_row_id from {{ ref('paper_kpi_targets') }}

)

select
    kpi_row_id,
    count(named.kpi_code) as kpi_count,
    count(printed.kpi_row_id) as printed_count
from named
full join printed using (kpi_row_id)
where kpi_row_id is not null
group by kpi_row_id
having count(named.kpi_code) <> 1 or count(printed.kpi_row_id) <> 1
