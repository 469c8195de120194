{{ config(materialized='table') }}

with side_values as (

    select * from {{ ref('int_reconciliation__side_value') }}

),

side_labels as (

    select * from {{ ref('int_reconciliation__side_label') }}

),

side_sources as (

    select * from {{ ref('int_reconciliation__side_source') }}

),

final as (

    select
        side_values.*,
        side_labels.side_label,
        side_sources.document,
        side_sources.authority_code,
        side_sources.basis,
        side_sources.bound,
        side_sources.citation
    from side_values
    inner join side_labels using (check_code, side)
    inner join side_sources using (check_code, side)

)

select * from final
