-- Each citation of a system is a paper's short code and a heading in square brackets: the papers must exist, and a
-- list that names none at all is a broken one.
with cited as (

    select
        systems.system_id,
        found.citation[1] as source_doc
    from {{ ref('paper_systems') }} as systems
    left join lateral regexp_matches(systems.citations, '(\w+) \[', 'g') as found (citation) on true

),

documents as (

    select source_doc from {{ ref('paper_documents') }}

)

select
    cited.system_id,
    cited.source_doc
from cited
left join documents on cited.source_doc = documents.source_doc
where documents.source_doc is null
