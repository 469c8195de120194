with grants as (

    select * from {{ ref('int_finance__published_grants') }}

),

authorities as (

    select * from {{ ref('ref_authority') }}

),

-- A corrected report replaces its year's earlier one whole.
ordered as (

    select
        *,
        {{ financial_year_first_day('financial_year') }} as first_day,
        vintage_order = max(vintage_order) over (partition by source_dataset, financial_year) as is_latest
    from grants
    where coverage = 'full'

),

latest as (

    select *
    from ordered
    where is_latest

),

final as (

    select
        latest.body_code,
        latest.financial_year,
        latest.stream_code,
        latest.stream_name,
        latest.version,
        latest.amount_gbp,
        round(100 * (latest.amount_gbp - previous.amount_gbp) / nullif(previous.amount_gbp, 0), 2) as change_pct,
        coalesce(authorities.authority_code, 'none') as authority_code,
        latest.citation,
        latest.source_dataset,
        latest.source_vintage,
        latest.is_generated
    from latest
    left join latest as previous
        on
            latest.source_dataset = previous.source_dataset
            and latest.body_code = previous.body_code
            and latest.first_day = previous.first_day + interval '1 year'
    left join authorities
        on
            latest.body_code = authorities.force_code
            and latest.first_day between authorities.valid_from and coalesce(authorities.valid_to, 'infinity')

)

select * from final
