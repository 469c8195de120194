-- depends_on: {{ ref('int_reconciliation__part') }}, so that parts without a figure are told in the same build.
with papers as (

    select count(*) as figure_count
    from {{ ref('int_reconciliation__figure') }}
    where table_code <> 'feed'

)

-- Another force's settings leave the papers out, and a machine without real releases has no feed to compare with.
select
    definitions.check_code,
    'left' as side,
    'no figure for its anchor' as reason
from {{ ref('ref_reconciliation_check') }} as definitions
cross join papers
left join {{ ref('int_reconciliation__check') }} as checks on definitions.check_code = checks.definition_code
where
    checks.check_code is null
    and definitions.check_kind <> 'papers_against_feeds'
    and papers.figure_count > 0
