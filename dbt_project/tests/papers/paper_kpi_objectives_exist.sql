-- A KPI may serve several corporate objectives, written as a list: each one on it must exist.
with kpi_objectives as (

    select
        kpi_row_id,
        unnest(string_to_array(corporate_objective_id, ';')) as objective_id
    from {{ ref('paper_kpi_targets') }}

),

objectives as (

    select objective_id from {{ ref('paper_corporate_objectives') }}

)

select
    kpi_objectives.kpi_row_id,
    kpi_objectives.objective_id
from kpi_objectives
left join objectives on kpi_objectives.objective_id = objectives.objective_id
where objectives.objective_id is null
