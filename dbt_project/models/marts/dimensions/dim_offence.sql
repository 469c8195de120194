with crosswalk as (

    select * from {{ ref('ref_offence_crosswalk') }}

),

classifications as (

    select
        classification,
        classification_name,
        min(comparable_from) as comparable_from
    from {{ ref('ref_offence_classification') }}
    group by classification, classification_name

),

final as (

    select
        crosswalk.offence_code,
        crosswalk.offence_group,
        crosswalk.offence_subgroup,
        crosswalk.classification,
        classifications.classification_name,
        classifications.comparable_from,
        string_agg(crosswalk.published_subgroup_key, '; ' order by {{ by_letters('crosswalk.published_subgroup_key') }})
            as published_names,
        string_agg(crosswalk.reason, '; ' order by {{ by_letters('crosswalk.published_subgroup_key') }}) as note,
        false as is_generated
    from crosswalk
    inner join classifications using (classification)
    group by
        crosswalk.offence_code,
        crosswalk.offence_group,
        crosswalk.offence_subgroup,
        crosswalk.classification,
        classifications.classification_name,
        classifications.comparable_from

    union all

    {{ dimension_members({
        'offence_code': 'code',
        'offence_group': 'label',
        'offence_subgroup': 'label',
        'classification': 'code',
        'classification_name': 'label',
        'comparable_from': 'null',
        'published_names': 'code',
        'note': 'null',
        'is_generated': 'false',
    }, members=['unknown']) }}

)

select * from final
