with finance as (

    {{ fact_figures('finance_facts') }}

),

workforce as (

    {{ fact_figures('workforce_facts') }}

),

estate as (

    {{ fact_figures('estate_facts') }}

),

procurement as (

    {{ fact_figures('procurement_facts') }}

),

olympics as (

    {{ fact_figures('olympics_facts') }}

),

survey as (

    {{ fact_figures('survey_facts') }}

),

misc as (

    {{ fact_figures('misc_facts') }}

),

final as (

    select * from finance
    union all
    select * from workforce
    union all
    select * from estate
    union all
    select * from procurement
    union all
    select * from olympics
    union all
    select * from survey
    union all
    select * from misc

)

select * from final
