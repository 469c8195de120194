with releases as (

    {% for dataset in notice_datasets() %}
        select
            feed.ocid,
            feed.release_id,
            feed.released_at,
            feed.release::jsonb as release
        from ({{ this_refresh(dataset) }}) as feed
        where feed.release is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select distinct
        releases.ocid,
        award ->> 'id' as award_id,
        releases.release_id,
        releases.released_at,
        {{ json_number("(award #> '{value,amount}')") }} as award_value
    from releases
    cross join lateral jsonb_array_elements(coalesce(releases.release -> 'awards', '[]')) as award

)

select * from final
