with payments as (

    select * from {{ ref('stg_bodies__payment') }}

),

parties as (

    select * from {{ ref('int_procurement__party') }}
    where published_scheme = '' and published_register_id = ''

),

-- A payment is one in whichever file it stands: lines that repeat within a file are several, a file that repeats another
-- is none.
repeats as (

    select * from {{ ref('int_procurement__payment_repeat') }}

),

final as (

    select
        payments.*,
        bodies.party_code as body_code,
        suppliers.party_code as supplier_code
    from payments
    inner join parties as bodies on bodies.party_role = 'buyer' and payments.body_name = bodies.published_name
    inner join parties as suppliers
        on suppliers.party_role = 'supplier' and payments.supplier_name = suppliers.published_name
    left join repeats on payments._batch_id = repeats._batch_id
    where repeats._batch_id is null

)

select * from final
