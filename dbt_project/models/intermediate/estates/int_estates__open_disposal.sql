with disposals as (

    select * from {{ ref('int_estates__disposal') }}

),

assets as (

    select * from {{ ref('int_estates__asset') }}

),

-- Only what a register lists, and does not withhold: nobody can say of any other asset that it may be named.
decided as (

    select
        assets.body_code,
        assets.asset_id,
        assets.asset_name,
        assets.borough_code,
        assets.asset_category,
        assets.is_in_register,
        assets.as_at_date as last_listed_date,
        disposals.decision_date,
        disposals.target_date,
        disposals.completed_date,
        disposals.expected_receipt_gbp,
        disposals.actual_receipt_gbp,
        coalesce(disposals.as_at_date, assets.as_at_date) as as_at_date,
        coalesce(disposals.authority_code, assets.authority_code) as authority_code,
        coalesce(disposals.source_dataset, assets.source_dataset) as source_dataset,
        coalesce(disposals.source_vintage, assets.source_vintage) as source_vintage,
        assets.is_generated or coalesce(disposals.is_generated, false) as is_generated
    from assets
    left join disposals on assets.body_code = disposals.body_code and assets.asset_id = disposals.asset_id
    where not assets.is_withheld and (disposals.asset_id is not null or not assets.is_in_register)

),

final as (

    select
        *,
        case
            when decision_date is null then 'left_without_decision'
            when completed_date is not null then 'completed'
            when target_date < as_at_date then 'overdue'
            else 'planned'
        end as disposal_status,
        case
            when completed_date is not null then completed_date - target_date
            when target_date > as_at_date then 0
            else as_at_date - target_date
        end as days_late
    from decided

)

select * from final
