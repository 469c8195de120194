with breaks as (

    select * from {{ ref('ref_series_break') }}

),

final as (

    select
        source_dataset,
        break_month,
        lead(break_month, 1, 'infinity') over (partition by source_dataset order by break_month) as next_break_month,
        break_code
    from breaks

)

select * from final
