with feed as (

    {{ this_refresh('ons_police_area_tables') }}

),

forces as (

    select * from {{ ref('ref_force_alias') }}

),

offences as (

    select * from {{ ref('ref_area_offence') }}

),

-- A force may have the name of its region, so only a row of its own is a force. Populations are dated by their year.
final as (

    select
        feed.source_dataset,
        feed.source_vintage,
        feed.vintage_order,
        feed.coverage,
        feed.is_generated,
        feed.counted_as,
        feed.row_kind,
        feed.area_name as published_name,
        feed.region_name,
        forces.force_code,
        offences.offence_code,
        case
            when feed.counted_as = 'people' then extract(year from feed.period)::integer
            else substring(feed.measure from '^Population of mid-(\d{4})$')::integer
        end as population_year,
        case
            when feed.counted_as = 'incidents' then make_date(right(feed.measure, 4)::integer, 3, 31)
            when feed.counted_as <> 'people' then (date_trunc('month', feed.period) + interval '1 month - 1 day')::date
        end as year_ending,
        feed.figure,
        case
            when feed.mark in ('..', '[x]') then 'not reported'
            when feed.mark in ('+', '[u]', '[u1]') then 'too few people for a rate'
        end as missing_reason,
        feed._source_column as citation
    from feed
    left join forces
        on feed.row_kind = 'row' and {{ published_key('feed.area_name') }} = forces.published_force_key
    left join offences on feed.measure = offences.published_offence

)

select * from final
