{{ config(materialized='table') }}

with payments as (

    select * from {{ ref('int_procurement__payment_line') }}

),

repeats as (

    select * from {{ ref('int_procurement__payment_repeat') }}

),

-- Lines that repeat within a file are payments of their own, a file that repeats another has none.
final as (

    select payments.*
    from payments
    left join repeats on payments._batch_id = repeats._batch_id
    where repeats._batch_id is null

)

select * from final
