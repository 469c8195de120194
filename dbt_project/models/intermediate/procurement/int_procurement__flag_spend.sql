with spent as (

    select * from {{ ref('supplier_spend') }}
    where is_body_in_register and not has_contract and supplier_code <> 'unknown'

),

payments as (

    select * from {{ ref('int_procurement__payment') }}

),

-- The largest payments, as a person finds them: file, sheet, row.
named as (

    select
        body_code,
        supplier_code,
        financial_year,
        concat_ws(' ', source_vintage, _sheet, 'row ' || _row_number) as place,
        row_number() over (
            partition by body_code, supplier_code, financial_year
            order by amount_gbp desc, source_vintage asc, _sheet asc, _row_number asc
        ) as place_order
    from payments

),

evidence as (

    select
        body_code,
        supplier_code,
        financial_year,
        string_agg(place, '; ' order by place_order) filter (where place_order <= 5) as payments
    from named
    group by body_code, supplier_code, financial_year

),

final as (

    select
        spent.*,
        'payments: ' || evidence.payments
        || case
            when spent.transaction_count > 5 then '; and ' || spent.transaction_count - 5 || ' more' else ''
        end as evidence
    from spent
    inner join evidence using (body_code, supplier_code, financial_year)

)

select * from final
