with borough_years as (

    select * from {{ ref('int_kpi__borough_years') }}

),

-- Places that are no borough stay out of the ranks: few live there, many pass through.
ranked as (

    select
        borough_code,
        year_start,
        rank() over (partition by year_start order by crime_rate) as rank_in_london,
        count(*) over (partition by year_start) as boroughs_ranked
    from borough_years
    where area_type = 'borough' and crime_rate is not null

),

final as (

    select
        borough_years.borough_code,
        {{ financial_year_name('borough_years.year_start') }} as financial_year,
        borough_years.borough_name,
        borough_years.area_type,
        round(borough_years.crime_rate, 2) as crime_rate_per_1000,
        round(borough_years.crime_change_pct, 2) as crime_change_pct,
        round(borough_years.violence_change_pct, 2) as violence_change_pct,
        round(borough_years.confidence_pct, 2) as confidence_pct,
        round(borough_years.confidence_gap_pp, 2) as confidence_gap_pp,
        ranked.rank_in_london::integer as rank_in_london,
        ranked.boroughs_ranked::integer as boroughs_ranked,
        borough_years.offence_count::bigint as offence_count,
        borough_years.population,
        borough_years.population_year,
        borough_years.population_basis,
        borough_years.population_rule,
        coalesce(borough_years.has_series_break, false) as has_series_break,
        coalesce(borough_years.crime_basis, 'none') as crime_basis,
        case
            when borough_years.offence_count is null
                then 'No release, no series of months in one classification and no wards have each month whole'
            when borough_years.has_series_break then 'The record system changed within the year'
            when borough_years.crime_change_source_vintage is null
                then 'No release, and no series of months in one classification, has this year and the one before it'
        end as change_missing_reason,
        case
            when borough_years.confidence_pct is null
                then 'No release of the survey at hand has the boroughs in the twelve months to the end of the year'
        end as confidence_missing_reason,
        borough_years.area_note,
        borough_years.crime_source_vintage,
        borough_years.crime_change_source_vintage,
        borough_years.population_source_vintage,
        borough_years.confidence_source_vintage,
        borough_years.is_generated
    from borough_years
    left join ranked using (borough_code, year_start)

)

select * from final
