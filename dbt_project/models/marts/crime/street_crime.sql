with counted as (

    select * from {{ ref('int_crime__street_counts') }}

),

lsoas as (

    select * from {{ ref('int_geography__lsoas') }}

),

noted as (

    select * from {{ ref('int_crime__noted_street_months') }}

),

repeats as (

    select * from {{ ref('ref_note_setting') }}
    where note_code = 'repeated_rows'

),

final as (

    select
        counted.force_code,
        counted.lsoa_code,
        counted.crime_type,
        counted.month,
        counted.crime_count,
        counted.duplicate_rows,
        counted.repeated_crime_rows,
        counted.without_id_rows,
        counted.outcome_count,
        counted.coverage,
        counted.source_dataset,
        counted.source_vintage,
        counted.is_generated,
        case
            when noted.note_code is not null then noted.note_code
            when lsoas.force_code <> counted.force_code and lsoas.force_code <> 'unknown' then 'outside_the_force'
            when
                counted.crime_count >= repeats.fewest_others
                and counted.duplicate_rows >= repeats.share * counted.crime_count
                then 'repeated_rows'
            else 'none'
        end as note_code,
        round(
            100 * coalesce(sum(counted.crime_count) filter (where counted.lsoa_code <> 'unknown') over of_type, 0)
            / sum(counted.crime_count) over of_type, 1
        ) as located_pct
    from counted
    cross join repeats
    left join lsoas on counted.lsoa_code = lsoas.lsoa_code
    left join noted on counted.force_code = noted.force_code and counted.month = noted.month
    window of_type as (partition by counted.force_code, counted.crime_type, counted.month)

)

select * from final
