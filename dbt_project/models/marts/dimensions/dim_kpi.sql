with authorities as (

    select * from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

known as (

    select
        definitions.*,
        coalesce(authorities.authority_code, 'none') as authority_code,
        coalesce(short_names.short_name, definitions.kpi_name) as short_name,
        row_number() over (
            order by left(definitions.kpi_code, 4) = 'KPI_', {{ by_letters('definitions.kpi_code') }}
        )::integer as display_order
    from {{ ref('int_kpi__definition') }} as definitions
    left join {{ ref('ref_short_name') }} as short_names
        on short_names.dimension = 'kpi' and definitions.kpi_code = short_names.code
    left join authorities
        on definitions.year_start between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

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
        false as is_generated,
        short_name,
        display_order
    from known

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
        'short_name': 'label',
        'display_order': 'null::integer',
    }) }}

)

select * from final
