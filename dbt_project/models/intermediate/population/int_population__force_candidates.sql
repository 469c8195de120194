with area_tables as (

    select * from {{ ref('stg_ons__police_area_table') }}

),

rules as (

    select * from {{ ref('ref_population_rule') }}

),

wanted as (

    select distinct year_start from {{ ref('int_calendar__months') }}

),

-- The latest release that has the year; the table of many years and the one of rates print the same figure.
estimates as (

    select distinct on (force_code, population_year)
        force_code,
        population_year,
        figure::bigint as population,
        source_dataset,
        source_vintage,
        is_generated
    from area_tables
    where force_code is not null and population_year is not null and figure is not null and coverage = 'full'
    order by force_code asc, population_year asc, vintage_order desc, counted_as collate "C" asc

),

-- The middle of a calendar year lies in the financial year that starts in it.
of_tables as (

    select
        estimates.*,
        wanted.year_start,
        case
            when estimates.population_year = extract(year from wanted.year_start) then 'of_the_year'
            when estimates.population_year < extract(year from wanted.year_start) then 'latest_before'
            else 'earliest_after'
        end as rule_code
    from estimates
    cross join wanted

),

-- A force's districts, where all are at hand, come before the table: they are not rounded.
final as (

    select
        of_tables.*,
        rules.rule_order,
        2 as preference
    from of_tables
    inner join rules using (rule_code)

    union all

    select
        by_district.force_code,
        by_district.population_year,
        by_district.population,
        by_district.source_dataset,
        by_district.source_vintage,
        by_district.is_generated,
        by_district.year_start,
        rules.rule_code,
        by_district.rule_order,
        1 as preference
    from {{ ref('int_population__of_districts') }} as by_district
    inner join rules using (rule_order)

)

select * from final
