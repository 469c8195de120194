with street_rows as (

    select * from {{ ref('int_crime__street_rows') }}
    where coverage = 'full'

),

settings as (

    select * from {{ ref('ref_note_setting') }}
    where note_code = 'supply_gap'

),

months as (

    select
        force_code,
        month,
        count(*) as crime_count
    from street_rows
    group by force_code, month

),

-- A month of a force that is far below its other months at hand: it was not supplied whole.
final as (

    select
        months.force_code,
        months.month
    from months
    inner join months as others on months.force_code = others.force_code and months.month <> others.month
    cross join settings
    group by months.force_code, months.month, months.crime_count, settings.fewest_others, settings.share
    having
        count(*) >= settings.fewest_others
        and months.crime_count < settings.share * percentile_cont(0.5) within group (order by others.crime_count)

)

select * from final
