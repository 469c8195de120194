with feed as (

    {{ this_refresh('home_office_outcomes_open_data', 'rows.force_name') }}

),

outcomes as (

    select * from {{ ref('ref_outcome') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.financial_year,
        feed.quarter,
        feed.force_name as published_name,
        feed.force_code,
        feed.offence_code,
        feed.offence_group,
        feed.outcome_type,
        outcomes.is_charged,
        feed.offence_count,
        nullif(feed.outcome_count, 'NA')::bigint as outcome_count
    from feed
    left join outcomes on feed.outcome_type = outcomes.outcome_type

)

select * from final
