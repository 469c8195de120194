with targets as (

    select * from {{ ref('int_kpi__target') }}

),

final as (

    select
        kpi_code,
        kpi_name,
        performance_area,
        outcome_name,
        definition,
        direction,
        target_type,
        baseline_rule,
        adopted_row_id,
        draft_row_id,
        feed_dataset,
        is_proxy,
        proxy_reason,
        authority_code,
        source_document,
        citation,
        false as is_generated
    from targets

)

select * from final
