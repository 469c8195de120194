with precepts as (

    select * from {{ ref('police_precept') }}

),

grants as (

    select * from {{ ref('stg_home_office__police_grant') }}
    where coverage = 'full' and body_code is not null

),

populations as (

    select * from {{ ref('int_population__compared') }}

),

latest_grants as (

    select
        *,
        vintage_order = max(vintage_order) over (partition by financial_year) as is_latest
    from grants

),

-- A body has the code of its force; a body of fire and rescue has none.
final as (

    select
        precepts.body_code as force_code,
        'precept_band_d' as measure_code,
        precepts.financial_year as year,
        ({{ financial_year_first_day('precepts.financial_year') }} + interval '1 year - 1 day')::date as period_end,
        precepts.source_dataset,
        precepts.source_vintage,
        precepts.band_d_gbp as value,
        precepts.council_tax_requirement_gbp as numerator,
        precepts.tax_base as denominator,
        null::integer as population_year,
        null::numeric as published_national_value,
        null::text as missing_reason,
        precepts.is_generated
    from precepts
    inner join {{ ref('ref_force') }} as forces on precepts.body_code = forces.force_code

    union all

    select
        grants.body_code,
        'grant_per_head' as measure_code,
        grants.financial_year,
        ({{ financial_year_first_day('grants.financial_year') }} + interval '1 year - 1 day')::date as period_end,
        grants.source_dataset,
        grants.source_vintage,
        grants.grant_gbp / nullif(populations.population, 0) as value,
        grants.grant_gbp,
        populations.population,
        populations.population_year,
        null as published_national_value,
        null as missing_reason,
        grants.is_generated or populations.is_generated as is_generated
    from latest_grants as grants
    inner join populations
        on
            grants.body_code = populations.force_code
            and {{ financial_year_first_day('grants.financial_year') }} = populations.year_start
    where grants.is_latest

)

select * from final
