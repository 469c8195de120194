with spent as (

    select * from {{ ref('supplier_spend') }}
    where has_contract_list and not has_contract and supplier_code <> 'unknown'

),

flags as (

    select * from {{ ref('ref_procurement_flag') }}

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
            order by amount_gbp desc, source_vintage collate "C" asc, _sheet collate "C" asc, _row_number asc
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

-- It is about no contracting process: it stands at body, supplier and year.
final as (

    select
        flags.flag_code,
        'none' as ocid,
        concat_ws(' ', spent.body_code, spent.supplier_code, spent.financial_year) as subject_id,
        'none' as award_id,
        spent.net_gbp as measured_value,
        'payments: ' || evidence.payments
        || case
            when spent.transaction_count > 5 then '; and ' || spent.transaction_count - 5 || ' more' else ''
        end as evidence,
        spent.body_code as buyer_code,
        spent.body_name as buyer_name,
        spent.is_police,
        spent.supplier_code,
        spent.supplier_name,
        'Payments of ' || spent.financial_year as title,
        null::numeric as value_gbp,
        'partial' as coverage,
        spent.source_dataset,
        spent.source_vintage,
        spent.is_generated
    from spent
    inner join evidence using (body_code, supplier_code, financial_year)
    inner join flags on flags.flag_code = 'paid_without_contract' and spent.net_gbp >= flags.limit_value

)

select * from final
