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

    union all

    {{ dimension_members({
        'kpi_code': 'code',
        'kpi_name': 'label',
        'performance_area': 'code',
        'outcome_name': 'label',
        'definition': 'label',
        'direction': 'null',
        'target_type': "'none'",
        'baseline_rule': "'none'",
        'adopted_row_id': 'null',
        'draft_row_id': 'null',
        'feed_dataset': 'null',
        'is_proxy': 'false',
        'proxy_reason': 'null',
        'authority_code': 'code',
        'source_document': "'none'",
        'citation': "'none'",
        'is_generated': 'false',
    }) }}

)

select * from final
