{%- set figure = 'source_dataset, source_vintage, vintage_order, is_generated, force_code, worker_type, as_at_date' -%}
with workbooks as (

    select * from {{ ref('stg_home_office__workforce_table') }}

),

open_data as (

    select * from {{ ref('stg_home_office__workforce_open_data') }}

),

met as (

    select * from {{ ref('stg_met__strength') }}

),

-- What adds others up is a check of its workbook and no count of anybody.
of_workbooks as (

    select
        {{ figure }},
        fte,
        headcount,
        missing_reason,
        citation
    from workbooks
    where coverage = 'full' and row_kind = 'row' and not is_total

),

of_open_data as (

    select
        {{ figure }},
        sum(fte) as fte,
        sum(headcount) as headcount,
        null as missing_reason,
        null as citation
    from open_data
    where coverage = 'full'
    group by {{ figure }}

),

of_met as (

    select
        {{ figure }},
        fte,
        null::bigint as headcount,
        null as missing_reason,
        null as citation
    from met
    where coverage = 'full'

),

final as (

    select * from of_workbooks
    union all
    select * from of_open_data
    union all
    select * from of_met

)

select * from final
