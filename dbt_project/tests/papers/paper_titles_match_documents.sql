-- Every row cites its paper by code and by title: the two must be a pair that paper_documents holds.
{% set papers = [
    'budget_bridge', 'budget_requirement', 'capital_expenditure', 'capital_funding', 'consultation_priorities',
    'contracts_named', 'corporate_objectives', 'delivery_objectives', 'driver_objective_map', 'driver_workstrand_map',
    'estate_facts', 'finance_facts', 'funding_sources', 'grant_settlement', 'grants_register',
    'gross_expenditure_split', 'key_activities', 'kpi_targets', 'met_forward_achievements', 'met_forward_projects',
    'met_forward_workstrands', 'milestones', 'misc_facts', 'mpa_key_objectives', 'olympics_facts', 'peel_judgements',
    'procurement_facts', 'revenue_budget', 'savings_programmes', 'staffing', 'strategic_drivers', 'survey_facts',
    'workforce_facts'
] %}

with cited as (

    {% for paper in papers %}
        select
            'paper_{{ paper }}' as seed_name,
            source_doc,
            source_title
        from {{ ref('paper_' ~ paper) }}
        {% if not loop.last %}union distinct{% endif %}
    {% endfor %}

),

documents as (

    select
        source_doc,
        source_title
    from {{ ref('paper_documents') }}

)

select
    cited.seed_name,
    cited.source_doc,
    cited.source_title,
    documents.source_title as title_in_documents
from cited
left join documents on cited.source_doc = documents.source_doc
where cited.source_title is distinct from documents.source_title
