{# Whether a row of ref_offence_classification holds for a release: by dataset and header, and where one header has
   served two classifications, by the last month that the release covers. #}
{% macro classifies_release(classification, release) -%}
    {{ classification }}.dataset = {{ release }}.source_dataset
        and {{ classification }}.layout = {{ release }}.layout
        and left({{ release }}.source_vintage, 7) collate "C" between
        coalesce({{ classification }}.first_release, '0000-00') and coalesce({{ classification }}.last_release, '9999-99')
{%- endmacro %}

{# One row per release and month, with the latest release of the month marked and the one before it in the same
   classification named. `covered` is a CTE with a row per release and month. #}
{% macro ordered_vintages(covered) -%}
    select
        *,
        max(month) over (partition by source_dataset, source_vintage) as vintage_last_month,
        vintage_order = max(vintage_order) over (partition by source_dataset, month) as is_latest,
        lag(source_vintage) over (
            partition by source_dataset, classification, month order by vintage_order
        ) as previous_vintage
    from {{ covered }}
{%- endmacro %}

{# The rest of a model that counts each group of offences a release, area type and month, from its CTEs `counts` and
   `vintage_months`. Releases leave out what is zero throughout: a group seen in one release of a month is zero in its
   others. #}
{% macro group_counts() -%}
published as (

    select
        source_dataset,
        source_vintage,
        area_type,
        offence_group,
        month,
        sum(offence_count)::bigint as offence_count
    from counts
    group by
        source_dataset,
        source_vintage,
        area_type,
        offence_group,
        month

),

groups_of_month as (

    select distinct
        vintage_months.source_dataset,
        vintage_months.classification,
        vintage_months.month,
        published.area_type,
        published.offence_group
    from published
    inner join vintage_months using (source_dataset, source_vintage, month)

),

final as (

    select
        vintage_months.*,
        groups_of_month.area_type,
        groups_of_month.offence_group,
        coalesce(published.offence_count, 0) as offence_count
    from vintage_months
    inner join groups_of_month using (source_dataset, classification, month)
    left join published using (source_dataset, source_vintage, area_type, offence_group, month)

)

select * from final
{%- endmacro %}

{# The rest of a mart of what releases changed, from its CTE `counts`: the change is on the release before it in the
   same classification. `columns` are what its rows are told apart by, beside month and release. #}
{% macro restatements(columns) -%}
final as (

    select
        {{ columns | join(',\n        ') }},
        month,
        source_vintage,
        offence_count,
        previous_vintage,
        offence_count - lag(offence_count) over (
            partition by source_dataset, {{ columns | join(', ') }}, month
            order by vintage_order
        ) as change_on_previous_vintage,
        is_latest,
        source_dataset,
        is_generated
    from counts

)

select * from final
{%- endmacro %}

{# The file of data.police.uk that counts for a force and month: one of all crimes before one of some, then the latest.
   `events` is a CTE with a row an event. #}
{% macro standing_files(events) -%}
    select distinct on (force_code, file_month)
        force_code,
        file_month,
        _batch_id
    from {{ events }}
    order by force_code asc, file_month asc, coverage = 'full' desc, vintage_order desc
{%- endmacro %}

{# All offences of a year, and violence as the authority's own indicator counts it, from the CTEs `counts` and
   `violence_groups`. #}
{% macro yearly_counts() -%}
    sum(counts.offence_count) as offence_count,
        coalesce(sum(counts.offence_count) filter (where violence_groups.offence_group is not null), 0)
            as violence_count
{%- endmacro %}

{# What is odd in how a force supplied its months. A month far below the others at hand of the year around it
   was not supplied whole; more than a year apart, things change. Repeats make no month large, and a file that holds a
   part is no measure. `months` has force_code, month, coverage, record_count
   and duplicate_rows. #}
{% macro supply_notes(months) -%}
    select
        force_code,
        month,
        max(note_code collate "C") as note_code
    from (
        select
            months.force_code,
            months.month,
            settings.note_code
        from {{ months }} as months
        inner join {{ months }} as others using (force_code, coverage)
        inner join {{ ref('ref_note_setting') }} as settings on settings.note_code = 'supply_gap'
        where
            coverage = 'full'
            and months.month <> others.month
            and others.month between months.month - interval '1 year' and months.month + interval '1 year'
        group by
            months.force_code, months.month, months.record_count, months.duplicate_rows, settings.note_code,
            settings.fewest_others, settings.share
        having
            count(*) >= settings.fewest_others
            and months.record_count - months.duplicate_rows
            < settings.share * percentile_cont(0.5) within group (order by others.record_count - others.duplicate_rows)

        union all

        select
            months.force_code,
            months.month,
            settings.note_code
        from {{ months }} as months
        inner join {{ ref('ref_note_setting') }} as settings on settings.note_code = 'repeated_rows'
        where
            months.record_count >= settings.fewest_others
            and months.duplicate_rows >= settings.share * months.record_count
    ) as found
    group by force_code, month
{%- endmacro %}
