with projects as (

    select * from {{ ref('stg_papers__met_forward_project') }}

),

strands as (

    select * from {{ ref('stg_papers__met_forward_strand') }}

),

aliases as (

    select * from {{ ref('ref_strand_alias') }}

),

reported as (

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

),

-- Of Met Forward Two, each strand and each piece of work that it lists.
listed as (

    select
        concat_ws('_', strands.strand_code, pieces.place) as project_code,
        case when pieces.place is null then 'strand' else 'workstrand' end as project_type,
        coalesce(pieces.piece_name, strands.strand_name) as project_name,
        strands.strand_code,
        'printed' as strand_basis,
        'not stated' as status,
        null::text as stated_figures,
        strands.authority_code,
        strands.source_document,
        strands.citation,
        strands.basis
    from strands
    cross join lateral (
        select
            piece_name,
            place
        from unnest(string_to_array(strands.priority_workstrands, '|')) with ordinality as p (piece_name, place)
        union all
        select
            null as piece_name,
            null as place
    ) as pieces

),

final as (

    select * from reported
    union all
    select * from listed

)

select * from final
