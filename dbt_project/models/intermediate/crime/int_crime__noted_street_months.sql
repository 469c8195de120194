with months as (

    select
        force_code,
        month,
        coverage,
        count(*) as record_count,
        count(*) filter (where is_duplicate) as duplicate_rows
    from {{ ref('int_crime__street_rows') }}
    group by force_code, month, coverage

),

final as (

    {{ supply_notes('months') }}

)

select * from final
