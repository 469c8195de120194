with vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

counts as (

    select * from {{ ref('int_crime__group_counts') }}

),

settings as (

    select * from {{ ref('ref_note_setting') }}
    where note_code = 'restated_base'

),

totals as (

    select
        source_dataset,
        source_vintage,
        month,
        sum(offence_count) as offence_count
    from counts
    group by source_dataset, source_vintage, month

),

-- What a release says of the months that it shares with the one before it.
shared as (

    select
        later.source_dataset,
        later.source_vintage,
        later.previous_vintage,
        count(*) as months,
        sum(later_totals.offence_count) as later_count,
        sum(earlier_totals.offence_count) as earlier_count
    from vintage_months as later
    inner join totals as later_totals
        on
            later.source_dataset = later_totals.source_dataset
            and later.source_vintage = later_totals.source_vintage
            and later.month = later_totals.month
    inner join totals as earlier_totals
        on
            later.source_dataset = earlier_totals.source_dataset
            and later.previous_vintage = earlier_totals.source_vintage
            and later.month = earlier_totals.month
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
    inner join vintage_months as earlier
        on restated.source_dataset = earlier.source_dataset and restated.previous_vintage = earlier.source_vintage
    left join vintage_months as later
        on
            restated.source_dataset = later.source_dataset
            and restated.source_vintage = later.source_vintage
            and earlier.month = later.month
    where later.month is null

)

select * from final
