{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

covered as (

    select distinct
        source_dataset,
        source_vintage,
        vintage_order,
        classification,
        month,
        is_generated
    from counts

),

final as (

    select
        *,
        max(month) over (partition by source_dataset, source_vintage) as vintage_last_month,
        vintage_order = max(vintage_order) over (partition by source_dataset, month) as is_latest,
        lag(source_vintage) over (
            partition by source_dataset, classification, month order by vintage_order
        ) as previous_vintage
    from covered

)

select * from final
