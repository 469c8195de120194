with street_rows as (

    select * from {{ ref('int_crime__street_rows') }}

),

settings as (

    select * from {{ ref('ref_note_setting') }}

),

months as (

    select
        force_code,
        month,
        coverage,
        count(*) as crime_count,
        count(*) filter (where is_duplicate) as duplicate_rows
    from street_rows
    group by force_code, month, coverage

),

-- A month of a force that is far below its other months at hand: it was not supplied whole. Repeats make none large.
gaps as (

    select
        months.force_code,
        months.month,
        'supply_gap' as note_code
    from months
    inner join months as others using (force_code, coverage)
    inner join settings on settings.note_code = 'supply_gap'
    where coverage = 'full' and months.month <> others.month
    group by
        months.force_code, months.month, months.crime_count, months.duplicate_rows, settings.fewest_others,
        settings.share
    having
        count(*) >= settings.fewest_others
        and months.crime_count - months.duplicate_rows
        < settings.share * percentile_cont(0.5) within group (order by others.crime_count - others.duplicate_rows)

),

repeats as (

    select
        months.force_code,
        months.month,
        settings.note_code
    from months
    inner join settings on settings.note_code = 'repeated_rows'
    where
        months.crime_count >= settings.fewest_others
        and months.duplicate_rows >= settings.share * months.crime_count

),

final as (

    select
        force_code,
        month,
        max(note_code collate "C") as note_code
    from (
        select * from gaps
        union all
        select * from repeats
    ) as found
    group by force_code, month

)

select * from final
