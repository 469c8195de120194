{{ config(materialized='table') }}

with totals as (

    select * from {{ ref('int_crime__month_totals') }}

),

breaks as (

    select * from {{ ref('ref_series_break') }}

),

low_months as (

    select * from {{ ref('int_crime__low_months') }}

),

restated as (

    select * from {{ ref('int_crime__restated_months') }}

),

notes as (

    select * from {{ ref('ref_note') }}

),

found as (

    select
        totals.source_dataset,
        totals.source_vintage,
        totals.month,
        coalesce(
            breaks.break_code,
            low_months.note_code,
            case when restated.month is not null then 'restated_base' end
        ) as note_code,
        restated.month is not null as is_restated_base
    from totals
    left join low_months using (source_dataset, source_vintage, month)
    left join restated using (source_dataset, source_vintage, month)
    left join breaks
        on totals.source_dataset = breaks.source_dataset and totals.month = breaks.break_month

),

final as (

    select
        found.*,
        notes.is_counted_whole
    from found
    left join notes using (note_code)
    where found.note_code is not null

)

select * from final
