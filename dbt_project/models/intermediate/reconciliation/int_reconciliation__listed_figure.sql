{%- set years = 'count(distinct printed.financial_year)' -%}
{%- set population_years = 'max(printed.as_of_date::integer) - min(printed.as_of_date::integer)' -%}
{%- set programmes = "printed.row_type in ('programme_target', 'programme_no_amount')" -%}
{%- set whole_indicators = "coalesce(printed.subgroup, 'all victims') = 'all victims'" -%}
{%- set changing_indicators = whole_indicators ~ " and printed.target_type like '%change%'" -%}
{%- set released = "printed.category = 'reserves' and printed.amount < 0 and printed.version = 'budget'" -%}

with lists as (

    {{ listed_figure('outcomes', 'Strategic outcomes listed', 'paper_corporate_objectives',
        'count(distinct printed.strategic_outcome)') }}
    union all
    {{ listed_figure('objectives', 'Corporate objectives listed', 'paper_corporate_objectives') }}
    union all
    {{ listed_figure('objectives_of', 'Corporate objectives listed', 'paper_corporate_objectives',
        by='printed.strategic_outcome') }}
    union all
    {{ listed_figure('objectives_mapped', 'Corporate objectives that the drivers are mapped to',
        'paper_driver_objective_map', 'count(distinct printed.objective_id)') }}
    union all
    {{ listed_figure('projects', 'Projects that the report names', 'paper_met_forward_projects',
        filter='printed.workstrand_inferred is not null') }}
    union all
    {{ listed_figure('indicators', 'Indicators listed, without groups of users', 'paper_kpi_targets',
        by='printed.source_doc', filter=whole_indicators) }}
    union all
    {{ listed_figure('targets', 'Indicators that a target is printed for', 'paper_kpi_targets',
        'count(printed.target_value)', by='printed.source_doc', filter=whole_indicators) }}
    union all
    {{ listed_figure('changes', 'Indicators that are to change', 'paper_kpi_targets',
        'count(printed.target_value)', by='printed.source_doc', filter=changing_indicators) }}
    union all
    {{ listed_figure('bases', 'Those of them that a base is printed for', 'paper_kpi_targets',
        'count(printed.baseline_value)', by='printed.source_doc', filter=changing_indicators) }}
    union all
    {{ listed_figure('programmes', 'Savings programmes named', 'paper_savings_programmes', by='printed.source_doc',
        filter=programmes) }}
    union all
    {{ listed_figure('programmes_with_amount', 'Savings programmes with an amount', 'paper_savings_programmes',
        'count(printed.amount)', by='printed.source_doc', filter=programmes) }}
    union all
    {{ listed_figure('requirement_years', 'Years that required savings are printed for', 'paper_savings_programmes',
        'count(distinct printed.target_year)', by='printed.source_doc', filter="printed.row_id like 'REQ_%'") }}
    union all
    {{ listed_figure('strands', 'Strands listed', 'paper_met_forward_workstrands', by='printed.programme_version') }}
    union all
    {{ listed_figure('drivers', 'Strategic drivers listed', 'paper_strategic_drivers', by='printed.origin') }}
    union all
    {{ listed_figure('headline_indicators', 'Headline indicators listed', 'paper_kpi_targets',
        filter='printed.kpi_number is not null') }}
    union all
    {{ listed_figure('inspection_items', 'Items of the inspection', 'paper_peel_judgements', by='printed.item_type') }}
    union all
    {{ listed_figure('consultation_methods', 'Methods compared', 'paper_consultation_priorities',
        'count(distinct printed.consultation_method)') }}
    union all
    {{ listed_figure('priorities_of', 'Priorities ranked', 'paper_consultation_priorities',
        by='printed.consultation_method') }}
    union all
    {{ listed_figure('funding', 'Sources of funding listed', 'paper_funding_sources', by='printed.funding_group') }}
    union all
    {{ listed_figure('population_years', 'Years between the first and the last population', 'paper_misc_facts',
        population_years, filter="printed.metric = 'population' and printed.source_doc = 'met_forward_two'") }}
    union all
    {{ listed_figure('plan_years', 'Years that the revenue table plans', 'paper_revenue_budget', years,
        filter="printed.version = 'budget'") }}
    union all
    {{ listed_figure('release_years', 'Plan years that draw on reserves', 'paper_revenue_budget', years,
        filter=released) }}
    union all
    {{ year_figures('capital_expenditure') }}
    union all
    {{ year_figures('capital_funding') }}

)

select * from lists
