with totals as (

    select * from {{ ref('int_crime__month_totals') }}

),

settings as (

    select * from {{ ref('ref_note_setting') }}
    where note_code = 'restated_base'

),

-- What a release says of the months that it shares with the one before it.
shared as (

    select
        later.source_dataset,
        later.source_vintage,
        later.previous_vintage,
        count(*) as months,
        sum(later.offence_count) as later_count,
        sum(earlier.offence_count) as earlier_count
    from totals as later
    inner join totals as earlier
        on
            later.source_dataset = earlier.source_dataset
            and later.previous_vintage = earlier.source_vintage
            and later.month = earlier.month
    group by later.source_dataset, later.source_vintage, later.previous_vintage

),

restated as (

    select shared.*
    from shared
    cross join settings
    where
        shared.months >= settings.fewest_others
        and abs(shared.later_count - shared.earlier_count) > settings.share * shared.earlier_count

),

-- Months that the later release lacks were never restated, and compare with none of its own.
final as (

    select distinct
        earlier.source_dataset,
        earlier.source_vintage,
        earlier.month
    from restated
    inner join totals as earlier
        on restated.source_dataset = earlier.source_dataset and restated.previous_vintage = earlier.source_vintage
    left join totals as later
        on
            restated.source_dataset = later.source_dataset
            and restated.source_vintage = later.source_vintage
            and earlier.month = later.month
    where later.month is null

)

select * from final
