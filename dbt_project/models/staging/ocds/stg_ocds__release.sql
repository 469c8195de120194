with compiled as (

    {% for dataset in notice_datasets() %}
        select
            ocid,
            releases
        from {{ source('compiled', dataset) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

final as (

    select
        compiled.ocid,
        told.release ->> 'id' as release_id,
        told.release_order,
        (told.release ->> 'date')::timestamptz as released_at,
        told.release ->> 'tags' as release_tags,
        told.release ->> 'batch_id' as _batch_id,
        (told.release ->> 'row_number')::bigint as _row_number
    from compiled
    cross join lateral jsonb_array_elements(compiled.releases) with ordinality as told (release, release_order)

)

select * from final
