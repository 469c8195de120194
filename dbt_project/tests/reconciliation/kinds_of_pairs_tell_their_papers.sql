select
    check_code,
    check_kind,
    source_document,
    right_document
from {{ ref('figure_reconciliation') }}
where
    (check_kind = 'same_measure_in_two_papers' and source_document = right_document)
    or (check_kind = 'same_measure_in_two_places' and source_document <> right_document)
