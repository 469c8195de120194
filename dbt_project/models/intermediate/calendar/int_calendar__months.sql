with authorities as (

    select * from {{ ref('ref_authority') }}

),

refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}

),

inputs as (

    select max(period_end) as newest_period
    from refresh_inputs
    where refresh_id = '{{ refresh_id() }}'

),

-- Whole financial years, from the first authority's to those that are planned ahead of the newest figures.
bounds as (

    select
        {{ financial_year_start('min(authorities.valid_from)') }} as first_day,
        {{ financial_year_start("greatest(date '" ~ business_date() ~ "', max(inputs.newest_period))") }}
            as last_year
    from authorities
    cross join inputs

),

months as (

    select
        generate_series(
            first_day, last_year + interval '{{ var("planning_years") }} years 11 months', interval '1 month'
        )::date as month
    from bounds

),

final as (

    select
        month,
        {{ financial_year_start('month') }} as year_start
    from months

)

select * from final
