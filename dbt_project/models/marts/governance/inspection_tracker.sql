with items as (

    select * from {{ ref('stg_papers__inspection_item') }}

),

questions as (

    select *
    from items
    where item_type = 'question'

),

statuses as (

    select * from {{ ref('ref_inspection_status') }}

),

final as (

    select
        items.inspection_code,
        items.item_code,
        items.inspection_name,
        items.page_date,
        items.force_name,
        items.item_type,
        items.question_number,
        coalesce(questions.description, 'none') as question,
        coalesce(questions.grade, 'none') as question_grade,
        items.description as finding,
        items.grade,
        case when items.item_type = 'area_for_improvement' then items.description else 'none' end as action,
        coalesce(statuses.status, 'unknown') as status,
        items.authority_code,
        items.source_document,
        items.citation,
        items.basis,
        items.wording,
        false as is_generated
    from items
    left join questions using (inspection_code, question_number)
    left join statuses on items.item_type = statuses.item_type and items.grade = statuses.grade

)

select * from final
