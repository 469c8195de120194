{{ config(materialized='table') }}

with crime_falls as (

    select * from {{ ref('int_reconciliation__crime_falls') }}

),

-- Papers are never set against generated figures: without a real release there is nothing here.
areas as (

    select
        source_dataset,
        source_vintage,
        vintage_order,
        count(distinct area_code) as borough_count
    from {{ ref('int_crime__monthly_counts') }}
    where area_type = 'borough' and not is_generated
    group by source_dataset, source_vintage, vintage_order

),

latest_areas as (

    select *
    from areas
    order by vintage_order desc
    limit 1

),

authorities as (

    select distinct authority_code
    from {{ ref('int_reconciliation__fact_figure') }}
    where table_code = 'workforce_facts'

),

final as (

    select
        authority_code,
        source_document,
        passage,
        {{ lone_figure("'feed'", "'crime_falls_claimed'",
            "'Years of the claimed run of falls that the release can compare'", 'compared_years') }}
    from crime_falls

    union all

    select
        authority_code,
        source_dataset as source_document,
        concat_ws(' > ', source_dataset, source_vintage, 'all offences by financial year') as passage,
        {{ lone_figure("'feed'", "'crime_falls_found'", "'Of these, years in which recorded crime fell'", 'falls') }}
    from crime_falls

    union all

    select
        authorities.authority_code,
        latest_areas.source_dataset as source_document,
        concat_ws(' > ', latest_areas.source_dataset, latest_areas.source_vintage, 'areas') as passage,
        {{ lone_figure("'feed'", "'boroughs'", "'Boroughs with recorded crime'", 'latest_areas.borough_count') }}
    from latest_areas
    cross join authorities

)

select * from final
