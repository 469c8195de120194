with kpis as (

    select * from {{ ref('ref_kpi') }}

),

printed_targets as (

    select * from {{ ref('paper_kpi_targets') }}

),

-- The adopted paper's row wins; the draft plan's stands in for an indicator that was not adopted. An indicator of no
-- paper has what a paper would print in its own row.
final as (

    select
        kpis.kpi_code,
        kpis.adopted_row_id,
        kpis.draft_row_id,
        kpis.definition,
        kpis.baseline_rule,
        kpis.feed_dataset,
        kpis.is_proxy,
        kpis.proxy_reason,
        kpis.no_data_reason,
        coalesce(printed_targets.performance_area, kpis.performance_area) as performance_area,
        coalesce(printed_targets.kpi_label, kpis.kpi_name) as kpi_name,
        coalesce(printed_targets.strategic_outcome, kpis.outcome_name) as outcome_name,
        coalesce(printed_targets.target_year, kpis.target_year) as target_year,
        {{ financial_year_first_day('coalesce(printed_targets.target_year, kpis.target_year)') }} as year_start,
        case when printed_targets.target_unit = 'rag' then printed_targets.target_value end as target_text,
        coalesce(
            case when printed_targets.target_unit <> 'rag' then printed_targets.target_value::numeric end,
            kpis.target_value
        ) as target_value,
        coalesce(printed_targets.target_unit, kpis.target_unit) as target_unit,
        coalesce(printed_targets.target_type, kpis.target_type) as target_type,
        coalesce(printed_targets.direction, kpis.direction) as direction,
        printed_targets.baseline_value as printed_baseline_value,
        printed_targets.baseline_period as printed_baseline_period,
        coalesce(printed_targets.source_doc, kpis.source_document) as source_document,
        concat_ws(
            '; ',
            printed_targets.source_section,
            printed_targets.source_table,
            printed_targets.source_row_label,
            kpis.citation
        ) as citation
    from kpis
    left join printed_targets on printed_targets.kpi_row_id = coalesce(kpis.adopted_row_id, kpis.draft_row_id)

)

select * from final
