with definitions as (

    select * from {{ ref('int_kpi__definition') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

short_names as (

    select * from {{ ref('ref_short_name') }}
    where dimension = 'kpi'

),

known as (

    select
        definitions.*,
        coalesce(authorities.authority_code, 'none') as authority_code
    from definitions
    left join authorities
        on definitions.year_start between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

),

ordered as (

    select
        *,
        row_number() over (
            order by
                left(kpi_code, 4) = 'KPI_',
                kpi_code collate "C"
        ) as display_order
    from known

),

final as (

    select
        ordered.kpi_code,
        ordered.kpi_name,
        ordered.performance_area,
        ordered.outcome_name,
        ordered.definition,
        ordered.direction,
        ordered.target_type,
        ordered.baseline_rule,
        ordered.adopted_row_id,
        ordered.draft_row_id,
        ordered.feed_dataset,
        ordered.is_proxy,
        ordered.proxy_reason,
        ordered.authority_code,
        ordered.source_document,
        ordered.citation,
        false as is_generated,
        coalesce(short_names.short_name, ordered.kpi_name) as short_name,
        ordered.display_order::integer as display_order
    from ordered
    left join short_names on ordered.kpi_code = short_names.code

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
