with counts as (

    select * from {{ ref('int_crime__group_counts') }}
    union all
    select * from {{ ref('int_crime__ward_group_counts') }}

),

final as (

    select
        area_type,
        offence_group,
        classification,
        month,
        source_vintage,
        offence_count,
        previous_vintage,
        offence_count - lag(offence_count) over (
            partition by source_dataset, classification, area_type, offence_group, month
            order by vintage_order
        ) as change_on_previous_vintage,
        is_latest,
        source_dataset,
        is_generated
    from counts

)

select * from final
