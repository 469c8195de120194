{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

covered as (

    select distinct
        source_dataset,
        source_vintage,
        force_code,
        vintage_order,
        classification,
        month,
        is_generated
    from counts

),

final as (

    {{ ordered_vintages('covered') }}

)

select * from final
