with strength as (

    select * from {{ ref('int_workforce__strength') }}

),

populations as (

    select * from {{ ref('int_population__compared') }}

),

-- Officers of the last day of a financial year, by the publications that count every force.
final as (

    select
        strength.force_code,
        'officers_per_1000' as measure_code,
        {{ financial_year_name(financial_year_start('strength.as_at_date')) }} as year,
        strength.as_at_date as period_end,
        strength.source_dataset,
        strength.source_vintage,
        1000 * strength.fte / nullif(populations.population, 0) as value,
        1000 * strength.fte as numerator,
        populations.population::numeric as denominator,
        populations.population_year,
        null::numeric as published_national_value,
        strength.missing_reason,
        strength.is_generated or populations.is_generated as is_generated
    from strength
    inner join populations
        on
            strength.force_code = populations.force_code
            and {{ financial_year_start('strength.as_at_date') }} = populations.year_start
    where
        strength.is_latest
        and strength.worker_type = 'police_officer'
        and strength.source_dataset in ('home_office_workforce', 'home_office_workforce_open_data')
        and extract(month from strength.as_at_date) = 3

)

select * from final
