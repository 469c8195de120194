{{ config(materialized='table') }}

with ward_counts as (

    select * from {{ ref('int_crime__ward_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__ward_vintage_months') }}

),

offences as (

    select distinct
        offence_code,
        offence_group
    from {{ ref('ref_offence_crosswalk') }}

),

counts as (

    select
        ward_counts.source_dataset,
        ward_counts.source_vintage,
        ward_counts.area_type,
        ward_counts.month,
        offences.offence_group,
        ward_counts.offence_count
    from ward_counts
    inner join offences using (offence_code)

),

{{ group_counts() }}
