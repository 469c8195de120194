{{ config(materialized='table') }}

with payments as (

    select * from {{ ref('stg_bodies__payment') }}

),

buyers as (

    select * from {{ ref('int_procurement__party') }}
    where party_role = 'buyer' and published_scheme = '' and published_register_id = ''

),

suppliers as (

    select * from {{ ref('int_procurement__party') }}
    where party_role = 'supplier' and published_scheme = '' and published_register_id = ''

),

-- Lines that repeat within a file are payments of their own, a file that repeats another has none.
repeats as (

    select * from {{ ref('int_procurement__payment_repeat') }}

),

final as (

    select
        payments.*,
        buyers.party_code as body_code,
        suppliers.party_code as supplier_code
    from payments
    inner join buyers on payments.body_name = buyers.published_name
    inner join suppliers on payments.supplier_name = suppliers.published_name
    left join repeats on payments._batch_id = repeats._batch_id
    where repeats._batch_id is null

)

select * from final
