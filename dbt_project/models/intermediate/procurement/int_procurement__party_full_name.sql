with keyed as (

    select * from {{ ref('int_procurement__party_key') }}

),

-- A name without its legal form is that of the one form that it has elsewhere; where it has two, they are two firms.
only_forms as (

    select
        trim(stem) as stem,
        min({{ by_letters('legal_form') }}) as legal_form
    from keyed
    where legal_form <> ''
    group by trim(stem)
    having count(distinct legal_form) = 1

),

final as (

    select
        keyed.*,
        case when keyed.legal_form = '' then only_forms.legal_form end as legal_form_elsewhere,
        concat_ws(
            ' ', nullif(trim(keyed.stem), ''), coalesce(nullif(trim(keyed.legal_form), ''), only_forms.legal_form)
        ) as full_key
    from keyed
    left join only_forms on trim(keyed.stem) = only_forms.stem

)

select * from final
