with figures as (

    select * from {{ ref('stg_papers__savings') }}

),

codes as (

    select * from {{ ref('ref_savings_programme') }}

),

-- Of a programme's rows, the one that its code is taken from names it.
named as (

    select figures.*
    from figures
    inner join codes on figures.row_id = codes.programme_row
    where codes.programme_row = codes.programme_code

),

-- A part with a figure of its own still counts where the whole has none: leaving it out would lose it.
final as (

    select
        named.row_id as programme_code,
        named.row_name as programme_name,
        named.owner_area,
        coalesce(parents.programme_code, named.parent_row_id, 'none') as parent_programme_code,
        coalesce(named.parent_basis, 'none') as parent_basis,
        parents.programme_code is not null
        and (named.row_type = 'programme_component' or named.amount_gbp is null) as is_component
    from named
    left join codes as parents on named.parent_row_id = parents.programme_row

)

select * from final
