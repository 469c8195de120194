{%- set indicator -%}
    (
        select {}
        from {{ ref('ref_kpi') }} as kpis
        where printed.kpi_row_id in (kpis.adopted_row_id, kpis.draft_row_id)
    )
{%- endset -%}
{%- set in_both = "case when kpis.draft_row_id is null then 'one paper' else 'both papers' end" -%}
{%- set first_driver -%}
    printed.driver_id = (
            select min({{ by_letters('others.driver_id') }})
            from {{ ref('paper_driver_objective_map') }} as others
            where others.objective_id = printed.objective_id
        )
{%- endset -%}
{%- set strand -%}
    coalesce(
            (
                select strands.strand_code
                from {{ ref('stg_papers__met_forward_strand') }} as strands
                where strands.strand_name = printed.workstrand
            ),
            (
                select aliases.strand_code
                from {{ ref('ref_strand_alias') }} as aliases
                where aliases.strand_alias = printed.workstrand
            )
        )
{%- endset -%}
with indicators as (

    {{ paper_figures('paper_kpi_targets', "'labels'", 'printed.kpi_label',
        indicator.replace('{}', 'kpis.kpi_code'), "'Name of the indicator'", unit="'text'",
        measure_code="'indicator'", line_group=indicator.replace('{}', in_both), financial_year="'none'",
        version='printed.source_doc') }}

),

objectives as (

    {{ paper_figures('paper_corporate_objectives', "'labels'", 'printed.objective_label', 'printed.objective_id',
        "'Name of the objective'", unit="'text'", measure_code="'objective'", line_group="'whole'",
        financial_year="'none'", version='printed.source_doc') }}

),

-- Table 3 shortens some names: those it does not print whole are not compared.
mapped_objectives as (

    {{ paper_figures('paper_driver_objective_map', "'labels'", 'printed.label_as_in_met_forward_two',
        'printed.objective_id', "'Name of the objective'", unit="'text'", measure_code="'objective'",
        line_group="case when printed.label_as_in_met_forward_two ~ '^To .*[^o]$' then 'whole' else 'part' end",
        financial_year="'none'", version='printed.source_doc', filter=first_driver) }}

),

strands as (

    {{ paper_figures('paper_met_forward_workstrands', "'labels'", 'printed.workstrand', strand,
        "'Name of the strand'", unit="'text'", measure_code="'strand'", financial_year="'none'",
        version=label_code('printed.programme_version')) }}

),

final as (

    select * from indicators
    union all
    select * from objectives
    union all
    select * from mapped_objectives
    union all
    select * from strands

)

select * from final
