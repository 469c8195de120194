with counts as (

    select * from {{ ref('int_crime__group_counts') }}

),

{{ restatements(['force_code', 'area_type', 'offence_group', 'classification']) }}
