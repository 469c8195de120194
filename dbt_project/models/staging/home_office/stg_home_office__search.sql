with feed as (

    {{ this_refresh('home_office_stop_search_open_data', 'rows.force_name') }}

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
        {{ financial_year_name(financial_year_start('year_end')) }} as financial_year,
        legislation,
        search_reason,
        ethnic_group,
        ethnicity,
        nullif(search_count, 'NA')::integer as search_count
    from feed

)

select * from final
