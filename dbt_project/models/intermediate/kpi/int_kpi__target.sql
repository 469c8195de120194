with kpis as (

    select * from {{ ref('ref_kpi') }}

),

printed_targets as (

    select * from {{ ref('paper_kpi_targets') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

-- The adopted paper's row wins; the draft plan's stands in for an indicator that was not adopted.
targets as (

    select
        kpis.*,
        printed_targets.performance_area,
        printed_targets.kpi_label as kpi_name,
        printed_targets.strategic_outcome as outcome_name,
        printed_targets.target_year as financial_year,
        {{ financial_year_first_day('printed_targets.target_year') }} as year_start,
        case when printed_targets.target_unit <> 'rag' then printed_targets.target_value::numeric end as target_value,
        case when printed_targets.target_unit = 'rag' then printed_targets.target_value end as target_text,
        printed_targets.target_unit,
        printed_targets.target_type,
        printed_targets.direction,
        printed_targets.baseline_value as printed_baseline_value,
        printed_targets.baseline_period as printed_baseline_period,
        printed_targets.source_doc as source_document,
        concat_ws(
            '; ', printed_targets.source_section, printed_targets.source_table, printed_targets.source_row_label
        ) as citation
    from kpis
    inner join printed_targets on printed_targets.kpi_row_id = coalesce(kpis.adopted_row_id, kpis.draft_row_id)

),

final as (

    select
        targets.*,
        authorities.authority_code
    from targets
    inner join authorities
        on targets.year_start between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')
    where authorities.force_code = '{{ var("force_code") }}'

)

select * from final
