with projects as (

    select * from {{ ref('stg_papers__met_forward_project') }}

),

strands as (

    select * from {{ ref('stg_papers__met_forward_strand') }}

),

aliases as (

    select * from {{ ref('ref_strand_alias') }}

),

workstrands as (

    select
        strands.*,
        listed.workstrand_name,
        listed.place
    from strands
    cross join lateral unnest(string_to_array(strands.priority_workstrands, '|'))
        with ordinality as listed (workstrand_name, place)

),

-- Everything that the two programmes run: projects of the first, strands and priority workstrands of the second.
final as (

    select
        projects.project_code,
        'project' as project_type,
        projects.project_name,
        coalesce(strands.strand_code, aliases.strand_code, 'none') as strand_code,
        case when projects.strand_name is null then 'none' else 'inferred' end as strand_basis,
        projects.status,
        projects.stated_figures,
        projects.authority_code,
        projects.source_document,
        projects.citation,
        projects.basis
    from projects
    left join strands on projects.strand_name = strands.strand_name
    left join aliases on projects.strand_name = aliases.strand_alias

    union all

    select
        strand_code, 'strand', strand_name, strand_code, 'printed', 'not stated', null,
        authority_code, source_document, citation, basis
    from strands

    union all

    select
        strand_code || '_' || place, 'workstrand', workstrand_name, strand_code, 'printed', 'not stated', null,
        authority_code, source_document, citation, basis
    from workstrands

)

select * from final
