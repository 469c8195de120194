with lines as (

    select * from {{ ref('stg_papers__revenue_budget') }}

),

versions as (

    select * from {{ ref('ref_budget_version') }}

),

-- A blank cell counts as nothing in every sum and change; amount_gbp stays empty, for the paper states no nil.
final as (

    select
        lines.*,
        versions.version_order,
        coalesce(lines.amount_gbp, 0) as counted_gbp,
        versions.version_order = max(versions.version_order) over (
            partition by lines.authority_code, lines.financial_year
        ) as is_latest_version
    from lines
    left join versions using (budget_version)

)

select * from final
