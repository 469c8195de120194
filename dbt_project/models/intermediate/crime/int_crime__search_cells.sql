with published as (

    select * from {{ ref('stg_police_uk__stop_and_search') }}

),

ethnicities as (

    select * from {{ ref('ref_ethnicity') }}

),

standing_files as (

    {{ standing_files('published') }}

),

-- A vehicle has neither age nor ethnicity. What the force left blank about a person is unknown.
searches as (

    select
        published.source_dataset,
        published.source_vintage,
        published.is_generated,
        published.force_code,
        published.month,
        case
            when published.search_type = 'Vehicle search' then 'none'
            when published.self_defined_ethnicity is null then 'unknown'
            else ethnicities.ethnicity
        end as ethnicity,
        case
            when published.search_type = 'Vehicle search' then 'none'
            else coalesce(published.age_range, 'unknown')
        end as age_band,
        coalesce(published.outcome, 'unknown') as outcome,
        to_jsonb(published) - '_row_number' as record
    from published
    inner join standing_files using (_batch_id)
    left join ethnicities on published.self_defined_ethnicity = ethnicities.published_ethnicity
    where published.coverage = 'full'

),

-- A search on the far side of midnight belongs to its own month, whichever file it came in.
final as (

    select
        force_code,
        month,
        ethnicity,
        age_band,
        outcome,
        count(*) as search_count,
        count(distinct record) as distinct_search_count,
        source_dataset,
        max(source_vintage collate "C") as source_vintage,
        bool_or(is_generated) as is_generated
    from searches
    group by force_code, month, ethnicity, age_band, outcome, source_dataset

)

select * from final
