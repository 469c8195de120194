with measures as (

    select * from {{ ref('int_estates__candidate_measure') }}

),

rules as (

    select * from {{ ref('ref_estate_candidate_rule') }}

),

judged as (

    select
        measures.body_code,
        measures.asset_id,
        measures.value,
        rules.*,
        coalesce(case rules.comparison
            when 'at_least' then measures.value >= rules.threshold
            when 'at_most' then measures.value <= rules.threshold
        end, false) as is_met
    from measures
    inner join rules on measures.measure = rules.measure

),

final as (

    select
        body_code,
        asset_id,
        rule_version,
        coalesce(sum(weight) filter (where is_met), 0) as score,
        coalesce(string_agg(
            format(
                '%s %s %s %s (+%s)',
                measure_name, trim_scale(value), replace(comparison, '_', ' '), threshold, weight
            ),
            '; ' order by rule_order
        ) filter (where is_met), 'no rule is met') as reasons,
        string_agg(measure_name, ', ' order by rule_order) filter (where value is null) as not_known
    from judged
    group by body_code, asset_id, rule_version

)

select * from final
