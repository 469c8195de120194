with outcomes as (

    select * from {{ ref('stg_home_office__outcome') }}
    where coverage = 'full'

),

counted as (

    select
        force_code,
        financial_year,
        source_dataset,
        source_vintage,
        bool_or(is_generated) as is_generated,
        sum(offence_count) as offences,
        sum(offence_count) filter (where is_charged) as charged
    from outcomes
    group by force_code, financial_year, source_dataset, source_vintage

),

-- Of the offences recorded in the year: those whose suspect had been charged or summonsed when the release was made.
final as (

    select
        force_code,
        'charge_rate' as measure_code,
        financial_year as year,
        ({{ financial_year_first_day('financial_year') }} + interval '1 year - 1 day')::date as period_end,
        source_dataset,
        source_vintage,
        100.0 * charged / nullif(offences, 0) as value,
        100.0 * charged as numerator,
        offences as denominator,
        null::integer as population_year,
        null::numeric as published_national_value,
        null::text as missing_reason,
        is_generated
    from counted
    where force_code <> 'btp'

)

select * from final
