with totals as (

    select * from {{ ref('int_crime__month_totals') }}

),

settings as (

    select * from {{ ref('ref_note_setting') }}

),

-- What is usual: the middle of the months within a year of this one, of the same release and in the same series. A
-- release's last month has none after it.
held_against as (

    select
        this_month.source_dataset,
        this_month.source_vintage,
        this_month.month,
        this_month.offence_count,
        case when this_month.month = this_month.vintage_last_month then 'partial_month' else 'gap_in_release' end
            as note_code,
        count(*) as other_months,
        percentile_cont(0.5) within group (order by others.offence_count) as usual_count
    from totals as this_month
    inner join totals as others
        on
            this_month.source_dataset = others.source_dataset
            and this_month.source_vintage = others.source_vintage
            and this_month.series_code = others.series_code
            and this_month.month <> others.month
            and others.month between this_month.month - interval '1 year' and this_month.month + interval '1 year'
    group by
        this_month.source_dataset, this_month.source_vintage, this_month.month, this_month.offence_count,
        this_month.vintage_last_month

),

final as (

    select
        held_against.source_dataset,
        held_against.source_vintage,
        held_against.month,
        held_against.note_code
    from held_against
    inner join settings using (note_code)
    where
        held_against.other_months >= settings.fewest_others
        and held_against.offence_count < settings.share * held_against.usual_count

)

select * from final
