with benefits as (

    select * from {{ ref('int_savings__benefits') }}

),

statuses as (

    select * from {{ ref('ref_benefit_status') }}

),

measured as (

    select
        *,
        100 * realised_value / nullif(target_value, 0) as exact_pct
    from benefits

),

final as (

    select
        measured.benefit_code,
        measured.period,
        measured.benefit_name,
        measured.programme_name,
        measured.owner,
        measured.target_value,
        measured.realised_value,
        measured.unit,
        round(measured.exact_pct, 2) as realised_pct,
        case
            when measured.realised_value is null then 'no_data'
            when measured.exact_pct is null then 'no_target'
            else reached.status
        end as status,
        measured.authority_code,
        measured.source_dataset,
        measured.source_vintage,
        measured.is_generated
    from measured
    left join lateral (
        select statuses.status
        from statuses
        where measured.exact_pct >= coalesce(statuses.lowest_pct, '-infinity')
        order by statuses.lowest_pct desc nulls last
        limit 1
    ) as reached on true

)

select * from final
