with definitions as (

    select * from {{ ref('int_kpi__definition') }}

),

targets as (

    select * from {{ ref('int_kpi__target') }}

),

years as (

    select * from {{ ref('int_kpi__asked_years') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}
    where force_code = '{{ var("force_code") }}'

),

final as (

    select
        years.*,
        areas.area_name,
        areas.area_type,
        {{ financial_year_name('years.year_start') }} as financial_year,
        definitions.kpi_name,
        definitions.outcome_name,
        definitions.feed_dataset,
        definitions.is_proxy,
        definitions.proxy_reason,
        definitions.no_data_reason,
        targets.target_value,
        targets.target_text,
        targets.target_unit,
        coalesce(targets.target_type, 'none') as target_type,
        coalesce(targets.direction, definitions.direction) as direction,
        case when areas.area_type = 'police_area' then targets.baseline_rule end as baseline_rule,
        case when areas.area_type = 'police_area' then targets.printed_baseline_value end as printed_baseline_value,
        coalesce(targets.source_document, 'none') as source_document,
        coalesce(targets.citation, 'No paper and no signed file at hand sets a target for the year') as citation,
        coalesce(targets.is_generated, false) as target_is_generated,
        authorities.authority_code
    from years
    inner join definitions using (kpi_code)
    inner join areas using (area_code)
    inner join authorities
        on years.year_start between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')
    left join targets
        on years.kpi_code = targets.kpi_code and years.year_start = targets.year_start

)

select * from final
