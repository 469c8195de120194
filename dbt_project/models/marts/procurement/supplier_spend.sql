with payments as (

    select * from {{ ref('int_procurement__payment') }}

),

contracts as (

    select * from {{ ref('int_procurement__contracted') }}

),

years as (

    select * from {{ ref('dim_financial_year') }}

),

suppliers as (

    select * from {{ ref('dim_supplier') }}

),

bodies as (

    select * from {{ ref('dim_body') }}

),

bodies_with_contracts as (

    select distinct buyer_code as body_code
    from {{ ref('contract_register') }}

),

-- Lines that say the same as one above them in their file, also in what is not loaded.
lines as (

    select
        *,
        row_number() over (partition by _batch_id, line_hash order by _sheet, _row_number) > 1 as is_repeated
    from payments

),

spent as (

    select
        body_code,
        supplier_code,
        financial_year,
        coalesce(sum(amount_gbp) filter (where amount_gbp >= 0), 0) as spend_gbp,
        coalesce(sum(amount_gbp) filter (where amount_gbp < 0), 0) as credit_gbp,
        sum(amount_gbp) as net_gbp,
        count(*)::integer as transaction_count,
        (count(*) filter (where amount_gbp < 0))::integer as credit_count,
        (count(*) filter (where is_repeated))::integer as repeated_count,
        min(paid_date) as first_paid_date,
        max(paid_date) as last_paid_date,
        case when count(distinct amount_basis) = 1 then min(amount_basis) else 'mixed' end as amount_basis,
        min(source_dataset) as source_dataset,
        max(source_vintage) as source_vintage,
        bool_or(is_generated) as is_generated
    from lines
    group by body_code, supplier_code, financial_year

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
    inner join contracts using (body_code, supplier_code)
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
        bodies_with_contracts.body_code is not null as is_body_in_register,
        bodies.body_kind = 'police' as is_police,
        body_code <> '{{ var("force_code") }}' as is_lookalike,
        spent.source_dataset,
        spent.source_vintage,
        spent.is_generated
    from spent
    inner join bodies using (body_code)
    inner join suppliers using (supplier_code)
    left join bodies_with_contracts using (body_code)
    left join contracted using (body_code, supplier_code, financial_year)

)

select * from final
