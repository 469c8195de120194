with scores as (

    select * from {{ ref('int_estates__candidate_score') }}

),

assets as (

    select * from {{ ref('int_estates__open_asset') }}

),

nearest as (

    select * from {{ ref('int_estates__nearest_site') }}

),

disposals as (

    select * from {{ ref('int_estates__open_disposal') }}

),

-- What is decided is no candidate any more.
undecided as (

    select assets.*
    from assets
    left join disposals on assets.body_code = disposals.body_code and assets.asset_id = disposals.asset_id
    where disposals.asset_id is null

),

final as (

    select
        undecided.body_code,
        undecided.asset_id,
        scores.rule_version,
        undecided.authority_code,
        undecided.asset_name,
        undecided.borough_code,
        undecided.asset_category,
        scores.score,
        (rank() over (partition by undecided.body_code, scores.rule_version order by scores.score desc))::integer
            as candidate_rank,
        scores.reasons,
        coalesce(scores.not_known, 'none') as not_known,
        undecided.cost_per_sqm_gbp,
        undecided.occupancy_pct,
        undecided.condition_grade,
        undecided.lease_end_date,
        nearest.nearest_site_m,
        undecided.as_at_date,
        undecided.source_dataset,
        undecided.source_vintage,
        undecided.is_any_generated as is_generated
    from undecided
    inner join scores on undecided.body_code = scores.body_code and undecided.asset_id = scores.asset_id
    left join nearest on undecided.body_code = nearest.body_code and undecided.asset_id = nearest.asset_id

)

select * from final
