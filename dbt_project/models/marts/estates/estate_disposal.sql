with disposals as (

    select * from {{ ref('int_estates__open_disposal') }}

),

final as (

    select
        body_code,
        asset_id,
        authority_code,
        asset_name,
        borough_code,
        asset_category,
        disposal_status,
        decision_date,
        target_date,
        completed_date,
        days_late,
        expected_receipt_gbp,
        actual_receipt_gbp,
        is_in_register,
        last_listed_date,
        as_at_date,
        source_dataset,
        source_vintage,
        is_generated
    from disposals

)

select * from final
