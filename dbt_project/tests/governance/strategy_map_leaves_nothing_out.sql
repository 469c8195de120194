-- Every driver, objective and strand of the papers is somewhere on the map.
with printed as (

    select drivers.driver_id as code
    from {{ ref('paper_strategic_drivers') }} as drivers
    inner join {{ ref('stg_papers__document') }} using (source_doc)

    union distinct

    select objective_code from {{ ref('stg_papers__driver_objective') }}

    union distinct

    select objective_code from {{ ref('stg_papers__authority_objective') }}

    union distinct

    select strand_code from {{ ref('stg_papers__met_forward_strand') }}

),

mapped as (

    select driver_code as code from {{ ref('strategy_map') }}

    union distinct

    select objective_code from {{ ref('strategy_map') }}

    union distinct

    select strand_code from {{ ref('strategy_map') }}

)

select code from printed
except
select code from mapped
