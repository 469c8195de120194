with strands as (

    select * from {{ ref('stg_papers__met_forward_strand') }}

),

drivers as (

    select * from {{ ref('paper_strategic_drivers') }}

),

links as (

    select * from {{ ref('paper_driver_workstrand_map') }}

),

-- The table names a strand under a driver in two columns; here it is one link that says in which.
linked as (

    select
        links.driver_id,
        links.workstrand,
        links.source_doc,
        drivers.driver_label,
        bool_or(links.table_column = 'MPA corporate priorities') as is_corporate_priority,
        bool_or(links.table_column = 'MPA priority workstrands') as is_priority_workstrand,
        max({{ by_letters('links.five_ps') }}) as five_ps,
        {{ paper_citation('links') }} as citation
    from links
    inner join drivers using (driver_id, source_doc)
    group by
        links.driver_id,
        links.workstrand,
        links.source_doc,
        drivers.driver_label,
        links.source_section,
        links.source_table,
        links.source_row_label

),

final as (

    select
        strands.authority_code,
        strands.source_document,
        coalesce(linked.driver_id, 'none') as driver_code,
        coalesce(linked.driver_label, 'none') as driver_name,
        strands.strand_code,
        strands.strand_name,
        strands.subtitle,
        coalesce(linked.is_corporate_priority, false) as is_corporate_priority,
        coalesce(linked.is_priority_workstrand, false) as is_priority_workstrand,
        linked.five_ps,
        coalesce(linked.citation, strands.citation) as citation
    from strands
    left join linked on strands.strand_name = linked.workstrand

)

select * from final
