with feed as (

    {{ this_refresh('home_office_arrests_open_data', 'rows.force_name') }}

),

final as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        coverage,
        is_generated,
        force_name as published_name,
        force_code,
        financial_year,
        offence_group,
        ethnic_group,
        age_group,
        sex,
        nullif(arrest_count, 'NA')::integer as arrest_count
    from feed

)

select * from final
