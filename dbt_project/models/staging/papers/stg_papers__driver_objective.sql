with objectives as (

    select * from {{ ref('paper_corporate_objectives') }}

),

drivers as (

    select * from {{ ref('paper_strategic_drivers') }}

),

links as (

    select * from {{ ref('paper_driver_objective_map') }}

),

documents as (

    select * from {{ ref('stg_papers__document') }}

),

-- Driver and link stand in one paper, the objective's own words in another.
linked as (

    select
        links.driver_id,
        links.objective_id,
        drivers.driver_label,
        links.source_doc,
        {{ paper_citation('links') }} as citation,
        links.basis
    from links
    inner join drivers using (driver_id, source_doc)

),

final as (

    select
        documents.authority_code,
        documents.source_doc as source_document,
        coalesce(linked.driver_id, 'none') as driver_code,
        coalesce(linked.driver_label, 'none') as driver_name,
        objectives.objective_id as objective_code,
        objectives.objective_label as objective_name,
        objectives.strategic_outcome as outcome_name,
        coalesce(linked.citation, {{ paper_citation('objectives') }}) as citation,
        coalesce(linked.basis, objectives.basis) as basis
    from objectives
    left join linked using (objective_id)
    inner join documents on coalesce(linked.source_doc, objectives.source_doc) = documents.source_doc

)

select * from final
