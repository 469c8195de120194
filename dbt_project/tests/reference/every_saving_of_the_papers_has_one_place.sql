-- A row of the papers' savings is a programme, a statement, a part of a gap, or the base of a statement: one of them,
-- and a programme by its type. Totals that are our own working have no place: the tracker works them out.
with placed as (

    select
        programme_row as row_id,
        true as is_programme
    from {{ ref('ref_savings_programme') }}

    union all

    select
        paper_row as row_id,
        false as is_programme
    from {{ ref('ref_savings_statement') }}

    union all

    select
        paper_row as row_id,
        false as is_programme
    from {{ ref('ref_savings_gap') }}

    union all

    select distinct
        base_row as row_id,
        false as is_programme
    from {{ ref('ref_savings_statement') }}
    where base_row is not null

)

select
    printed.row_id,
    printed.row_type,
    count(placed.row_id) as places
from {{ ref('paper_savings_programmes') }} as printed
left join placed using (row_id)
group by printed.row_id, printed.row_type
having
    count(placed.row_id) <> case when printed.row_type = 'derived_total' then 0 else 1 end
    or coalesce(bool_or(placed.is_programme), false) <> starts_with(printed.row_type, 'programme_')
