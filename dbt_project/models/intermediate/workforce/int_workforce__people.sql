{{ config(materialized='table') }}

with statements as (

    select * from {{ ref('stg_intake__hr_extract') }}

),

-- A file replaces every earlier one of the same day whole.
final as (

    {{ standing_statements('statements', [
        'force_code', 'as_at_date', 'unit_code', 'worker_type', 'rank_code', 'sex', 'ethnicity'
    ]) }}

)

select * from final
