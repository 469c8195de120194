with crime as (

    select * from {{ ref('int_crime__area_changes') }}

),

population as (

    select * from {{ ref('int_population__of_year') }}

),

confidence as (

    select * from {{ ref('int_survey__years') }}

),

areas as (

    select * from {{ ref('ref_borough') }}

),

years as (

    select year_start from crime
    union
    select confidence.year_start
    from confidence
    inner join areas using (area_code)
    where areas.area_type <> 'police_area'

),

-- An area that anything is known of in the year. The whole police area is no row: it would be its boroughs again.
final as (

    select
        areas.area_code as borough_code,
        areas.area_name as borough_name,
        areas.area_type,
        areas.note as area_note,
        years.year_start,
        crime.offence_count,
        crime.source_vintage as crime_source_vintage,
        crime.change_source_vintage as crime_change_source_vintage,
        crime.has_series_break,
        crime.basis as crime_basis,
        crime.crime_change_pct,
        crime.violence_change_pct,
        population.population,
        population.population_year,
        population.basis as population_basis,
        population.rule_code as population_rule,
        population.source_vintage as population_source_vintage,
        confidence.source_vintage as confidence_source_vintage,
        1000.0 * crime.offence_count / population.population as crime_rate,
        confidence.proportion_pct as confidence_pct,
        confidence.proportion_pct - confidence.london_pct as confidence_gap_pp,
        coalesce(crime.is_generated, false) or coalesce(population.is_generated, false)
        or coalesce(confidence.is_generated, false) as is_generated
    from areas
    cross join years
    left join crime using (area_code, year_start)
    left join population using (area_code, year_start)
    left join confidence using (area_code, year_start)
    where
        areas.area_type <> 'police_area'
        and num_nonnulls(crime.area_code, population.area_code, confidence.area_code) > 0

)

select * from final
