-- The searches of the mart are those of the files that count, month by month: control may hide, and may not lose.
with published as (

    select * from {{ ref('stg_police_uk__stop_and_search') }}
    where coverage = 'full'

),

standing_files as (

    {{ standing_files('published') }}

),

searches as (

    select
        published.force_code,
        published.month,
        count(*) as published_count
    from published
    inner join standing_files using (_batch_id)
    group by published.force_code, published.month

),

marts as (

    select
        force_code,
        month,
        sum(search_count) as mart_count
    from {{ ref('stop_and_search') }}
    group by force_code, month

)

select
    force_code,
    month,
    searches.published_count,
    marts.mart_count
from searches
full join marts using (force_code, month)
where searches.published_count is distinct from marts.mart_count
