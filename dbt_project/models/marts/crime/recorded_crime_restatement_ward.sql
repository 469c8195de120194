with counts as (

    select * from {{ ref('int_crime__ward_group_counts') }}

),

{{ restatements(['force_code', 'offence_group', 'classification']) }}
