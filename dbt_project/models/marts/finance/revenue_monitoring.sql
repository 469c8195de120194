with monitoring as (

    select * from {{ ref('int_finance__monitoring') }}

),

-- A period without spending has not ended: it has no variance, and neither has the year up to it.
measured as (

    select
        *,
        actual_gbp - budget_gbp as variance_gbp,
        sum(budget_gbp) over year_to_date as budget_to_date_gbp,
        case
            when count(*) over year_to_date = count(actual_gbp) over year_to_date
                then sum(actual_gbp) over year_to_date
        end as actual_to_date_gbp
    from monitoring
    window year_to_date as (partition by business_group, line_code, financial_year order by period)

),

final as (

    select
        business_group,
        line_code,
        financial_year,
        period,
        line_name,
        budget_gbp,
        actual_gbp,
        forecast_gbp,
        variance_gbp,
        round(100 * variance_gbp / nullif(abs(budget_gbp), 0), 2) as variance_pct,
        budget_to_date_gbp,
        actual_to_date_gbp,
        actual_to_date_gbp - budget_to_date_gbp as variance_to_date_gbp,
        as_at_date,
        authority_code,
        source_dataset,
        source_vintage,
        is_generated
    from measured

)

select * from final
