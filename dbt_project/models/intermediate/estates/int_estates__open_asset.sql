with assets as (

    select * from {{ ref('int_estates__asset') }}

),

-- What everybody may see. A withheld asset is left out of every published row, total and distance.
final as (

    select *
    from assets
    where is_in_register and not is_withheld

)

select * from final
