-- Searches are counted from whole files only.
with months as (

    select
        force_code,
        month,
        'full' as coverage,
        sum(search_count) as record_count,
        sum(search_count - distinct_search_count) as duplicate_rows
    from {{ ref('int_crime__search_cells') }}
    group by force_code, month

),

final as (

    {{ supply_notes('months') }}

)

select * from final
