with reports as (

    select * from {{ ref('stg_home_office__police_grant') }}

),

funding_tables as (

    select * from {{ ref('stg_home_office__police_funding') }}

),

final as (

    select
        body_code,
        financial_year,
        'police_grant_total' as stream_code,
        'Police grant report, overall total' as stream_name,
        'report' as version,
        grant_gbp as amount_gbp,
        citation,
        source_dataset,
        source_vintage,
        vintage_order,
        coverage,
        is_generated
    from reports

    union all

    select
        body_code,
        financial_year,
        'government_funding' as stream_code,
        'Police funding tables, government funding' as stream_name,
        'table' as version,
        government_funding_gbp as amount_gbp,
        citation,
        source_dataset,
        source_vintage,
        vintage_order,
        coverage,
        is_generated
    from funding_tables
    where not is_national_total

)

select * from final
