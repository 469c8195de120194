{{ config(materialized='table') }}

with counts as (

    select * from {{ ref('int_crime__monthly_counts') }}

),

vintage_months as (

    select * from {{ ref('int_crime__vintage_months') }}

),

{{ group_counts() }}
