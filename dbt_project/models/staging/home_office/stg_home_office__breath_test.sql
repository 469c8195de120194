with feed as (

    {{ this_refresh('home_office_breath_tests', 'rows.force_name') }}

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
        extract(year from year)::integer as calendar_year,
        month_name,
        result,
        nullif(test_count, 'NA')::integer as test_count,
        nullif(result_count, 'NA')::integer as result_count
    from feed

)

select * from final
