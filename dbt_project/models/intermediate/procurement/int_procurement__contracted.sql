with registered as (

    select * from {{ ref('contract_register') }}
    where stage not in ('planned', 'tendered', 'ended')

),

suppliers as (

    select * from {{ ref('contract_supplier') }}

),

-- A contract without notices has one supplier at most, and the register names it.
final as (

    select
        registered.ocid,
        registered.award_id,
        registered.buyer_code as body_code,
        coalesce(suppliers.supplier_code, registered.supplier_code) as supplier_code,
        coalesce(registered.start_date, registered.award_date) as first_day,
        registered.end_date as last_day
    from registered
    left join suppliers using (ocid, award_id)
    where coalesce(suppliers.supplier_code, registered.supplier_code) not in ('unknown', 'none', 'several')

)

select * from final
