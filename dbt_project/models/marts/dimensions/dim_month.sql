with months as (

    select * from {{ ref('int_calendar__months') }}

),

final as (

    select
        month,
        to_char(month, 'YYYY-MM') as month_name,
        (month + interval '1 month - 1 day')::date as last_day,
        extract(year from month)::integer as calendar_year,
        extract(month from month)::integer as calendar_month,
        {{ financial_year_name('year_start') }} as financial_year,
        extract(month from age(month, year_start))::integer + 1 as financial_month,
        false as is_generated
    from months

)

select * from final
