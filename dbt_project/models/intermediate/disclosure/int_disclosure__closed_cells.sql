with decided as (

    select * from {{ source('audit', 'disclosure_refresh') }}
    where refresh_id = '{{ refresh_id() }}'

),

states as (

    select * from {{ source('audit', 'disclosure_state') }}

),

final as (

    select
        states.set_name,
        closed.cell ->> '_table' as table_name,
        closed.cell
    from decided
    inner join states using (state_id)
    cross join lateral jsonb_array_elements(states.closed) as closed (cell)

)

select * from final
