with months as (

    select * from {{ ref('int_calendar__months') }}

),

final as (

    select generate_series(min(month), max(month) + interval '1 month - 1 day', interval '1 day')::date as date_day
    from months

)

select * from final
