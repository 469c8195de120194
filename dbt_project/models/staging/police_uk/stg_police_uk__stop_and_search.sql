with feed as (

    {{ this_refresh('police_uk_stop_and_search') }}

),

final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.file_month,
        feed.force_code,
        feed.search_type,
        feed.searched_at,
        date_trunc('month', feed.searched_at at time zone 'Europe/London')::date as month,
        feed.part_of_operation::boolean as is_part_of_operation,
        feed.operation,
        feed.latitude,
        feed.longitude,
        feed.gender,
        feed.age_range,
        feed.self_defined_ethnicity,
        feed.officer_defined_ethnicity,
        feed.legislation,
        feed.object_of_search,
        feed.outcome,
        feed.outcome_linked_to_object::boolean as is_outcome_linked_to_object,
        feed.more_than_outer_clothing::boolean as is_more_than_outer_clothing,
        feed._batch_id,
        feed._row_number
    from feed

)

select * from final
