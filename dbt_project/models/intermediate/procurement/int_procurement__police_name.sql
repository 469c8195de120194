with bodies as (

    select * from {{ ref('ref_police_body') }}

),

forms as (

    select * from {{ ref('ref_police_name_form') }}

),

names as (

    select * from {{ ref('ref_police_name') }}

),

-- London's body is called after its office or the metropolis, never after its area.
formed as (

    select
        {{ party_key("replace(forms.name_form, '{area}', bodies.body_name)") }} as party_key,
        bodies.body_code,
        forms.office
    from bodies
    cross join forms
    where bodies.body_code <> 'metropolitan'

),

final as (

    select
        party_key,
        body_code,
        office
    from formed
    union
    select
        published_key as party_key,
        body_code,
        office
    from names

)

select * from final
