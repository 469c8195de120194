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

-- The same payment in two files is the same in everything that is read of both.
final as (

    select
        payments.*,
        buyers.party_code as body_code,
        suppliers.party_code as supplier_code,
        md5(concat_ws(
            '|',
            payments.booked_date,
            payments.amount_gbp,
            payments.supplier_name,
            payments.supplier_id,
            payments.reference,
            payments.category,
            payments.department
        )) as line_key
    from payments
    inner join buyers on payments.body_name = buyers.published_name
    inner join suppliers on payments.supplier_name = suppliers.published_name

)

select * from final
