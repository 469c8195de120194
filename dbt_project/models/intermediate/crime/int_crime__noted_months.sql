with series as (

    select * from {{ ref('int_crime__series') }}

),

counts as (

    select * from {{ ref('int_crime__group_counts') }}

),

breaks as (

    select * from {{ ref('ref_series_break') }}

),

settings as (

    select * from {{ ref('ref_note_setting') }}

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

-- A release that was made before its last month was recorded whole: far below the year before it.
held_against as (

    select
        series.source_dataset,
        series.source_vintage,
        series.month,
        this_month.offence_count,
        count(*) as months_before,
        percentile_cont(0.5) within group (order by before.offence_count) as usual_count
    from series
    inner join totals as this_month
        on
            series.source_dataset = this_month.source_dataset
            and series.source_vintage = this_month.source_vintage
            and series.month = this_month.month
    inner join totals as before
        on
            series.source_dataset = before.source_dataset
            and series.source_vintage = before.source_vintage
            and before.month >= series.month - interval '1 year'
            and series.month > before.month
    where series.month = series.vintage_last_month
    group by series.source_dataset, series.source_vintage, series.month, this_month.offence_count

),

partial as (

    select held_against.*
    from held_against
    cross join settings
    where
        settings.note_code = 'partial_month'
        and held_against.months_before >= settings.fewest_others
        and held_against.offence_count < settings.share * held_against.usual_count

),

restated as (

    select * from {{ ref('int_crime__restated_months') }}

),

final as (

    select
        series.source_dataset,
        series.source_vintage,
        series.month,
        case
            when breaks.break_code is not null then breaks.break_code
            when partial.month is not null then 'partial_month'
            else 'restated_base'
        end as note_code
    from series
    left join partial using (source_dataset, source_vintage, month)
    left join restated using (source_dataset, source_vintage, month)
    left join breaks
        on series.source_dataset = breaks.source_dataset and series.month = breaks.break_month
    where num_nonnulls(breaks.break_code, partial.month, restated.month) > 0

)

select * from final
