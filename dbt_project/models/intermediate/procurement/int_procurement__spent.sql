with payments as (

    select * from {{ ref('int_procurement__payment') }}

),

-- Lines that say the same as one above them in their file, also in what is not loaded.
lines as (

    select
        *,
        row_number() over (partition by _batch_id, line_hash order by {{ by_letters('_sheet') }}, _row_number)
        > 1 as is_repeated
    from payments

),

final as (

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
        case when count(distinct amount_basis) = 1 then min({{ by_letters('amount_basis') }}) else 'mixed' end
            as amount_basis,
        min({{ by_letters('source_dataset') }}) as source_dataset,
        max({{ by_letters('source_vintage') }}) as source_vintage,
        bool_or(is_generated) as is_generated
    from lines
    group by body_code, supplier_code, financial_year

)

select * from final
