with spent as (

    select * from {{ ref('int_procurement__spent') }}

),

years as (

    select * from {{ ref('dim_financial_year') }}

),

-- Notices are a sample of what a body has contracted; only its own list can lack a contract.
listing_bodies as (

    select distinct buyer_code as body_code
    from {{ ref('contract_register') }}
    where stage = 'listed'

),

contracted as (

    select
        spent.body_code,
        spent.supplier_code,
        spent.financial_year,
        count(*)::integer as contract_count,
        bool_or(
            coalesce(contracts.first_day, '-infinity') <= years.last_day
            and coalesce(contracts.last_day, 'infinity') >= years.first_day
        ) as has_contract
    from spent
    inner join {{ ref('int_procurement__contracted') }} as contracts using (body_code, supplier_code)
    inner join years using (financial_year)
    group by spent.body_code, spent.supplier_code, spent.financial_year

),

final as (

    select
        body_code,
        supplier_code,
        financial_year,
        bodies.body_name,
        suppliers.supplier_name,
        spent.spend_gbp,
        spent.credit_gbp,
        spent.net_gbp,
        round(
            100 * spent.net_gbp / nullif(sum(spent.net_gbp) over (partition by body_code, financial_year), 0), 4
        ) as share_pct,
        spent.transaction_count,
        spent.credit_count,
        spent.repeated_count,
        spent.first_paid_date,
        spent.last_paid_date,
        spent.amount_basis,
        coalesce(contracted.contract_count, 0) as contract_count,
        coalesce(contracted.has_contract, false) as has_contract,
        listing_bodies.body_code is not null as has_contract_list,
        bodies.body_kind = 'police' as is_police,
        body_code <> '{{ var("force_code") }}' as is_lookalike,
        spent.source_dataset,
        spent.source_vintage,
        spent.is_generated
    from spent
    inner join {{ ref('dim_body') }} as bodies using (body_code)
    inner join {{ ref('dim_supplier') }} as suppliers using (supplier_code)
    left join listing_bodies using (body_code)
    left join contracted using (body_code, supplier_code, financial_year)

)

select * from final
