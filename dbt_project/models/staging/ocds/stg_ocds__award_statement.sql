with refresh_inputs as (

    select * from {{ source('audit', 'refresh_input') }}
    where refresh_id = '{{ refresh_id() }}'

),

releases as (

    {% for dataset in notice_datasets() %}
        select
            feed.ocid,
            feed.release_id,
            feed.released_at,
            feed.release::jsonb as release
        from refresh_inputs
        inner join {{ source('raw', dataset) }} as feed on refresh_inputs.batch_id = feed._batch_id
        where refresh_inputs.dataset = '{{ dataset }}' and feed.release is not null
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
