with notes as (

    select * from {{ ref('ref_note') }}

),

final as (

    select
        note_code,
        note_name,
        description,
        source_dataset,
        is_comparable,
        false as is_generated
    from notes

    union all

    {{ dimension_members({
        'note_code': 'code',
        'note_name': 'label',
        'description': 'label',
        'source_dataset': "'none'",
        'is_comparable': 'true',
        'is_generated': 'false',
    }) }}

)

select * from final
