with months as (

    select * from {{ ref('int_calendar__months') }}

),

years as (

    select
        year_start as first_day,
        (year_start + interval '1 year - 1 day')::date as last_day
    from months
    group by year_start

),

final as (

    select
        {{ financial_year_name('first_day') }} as financial_year,
        first_day,
        last_day,
        {{ financial_year_name("(first_day - interval '1 year')") }} as previous_financial_year,
        false as is_generated
    from years

    union all

    {{ dimension_members({
        'financial_year': 'code',
        'first_day': 'null',
        'last_day': 'null',
        'previous_financial_year': 'code',
        'is_generated': 'false',
    }) }}

)

select * from final
