{#- What both marts of indicators say of a verdict, for the whole police area and for its parts. -#}
{% macro kpi_answer() -%}
        verdicts.kpi_name,
        verdicts.outcome_name,
        verdicts.target_value,
        verdicts.target_text,
        verdicts.target_unit,
        verdicts.target_type,
        verdicts.direction,
        verdicts.baseline_value,
        verdicts.actual_value,
        verdicts.unit,
        round(verdicts.change_pct, 2) as change_pct,
        round(verdicts.change_points, 2) as change_points,
        case verdicts.direction
            when 'increase' then coalesce(verdicts.change_points, verdicts.change_pct) > 0
            when 'decrease' then coalesce(verdicts.change_points, verdicts.change_pct) < 0
        end as is_better,
        verdicts.status,
        case
            when verdicts.status <> 'no_data' then null
            when verdicts.feed_dataset is null then verdicts.no_data_reason
            else format(
                'No release of %s in this publication covers %s and what it is compared with, whole and in one series',
                verdicts.feed_dataset, verdicts.financial_year
            )
        end as no_data_reason,
        verdicts.is_headline,
        verdicts.is_proxy,
        verdicts.proxy_reason,
        verdicts.classification,
        case
            when verdicts.classification is not null then format(
                'Counted in %s, as the release %s does. Other releases classify differently, so their levels differ: '
                || 'compare the change within a row, never the level of one row with another''s.',
                classifications.classification_name, verdicts.source_vintage
            )
        end as level_note,
        verdicts.authority_code,
        verdicts.source_document,
        verdicts.citation,
        verdicts.is_generated
{%- endmacro %}
