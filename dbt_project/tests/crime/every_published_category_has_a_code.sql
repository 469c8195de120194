{% for published in ['stg_met__borough_crime', 'stg_met__ward_crime', 'stg_met__lsoa_crime'] %}
    select
        source_dataset,
        source_vintage,
        layout,
        classification,
        published_group_key,
        published_subgroup_key,
        sum(offence_count) as offence_count
    from {{ ref(published) }}
    where offence_code is null
    group by source_dataset, source_vintage, layout, classification, published_group_key, published_subgroup_key
    {% if not loop.last %}union all{% endif %}
{% endfor %}
order by source_vintage, published_group_key
