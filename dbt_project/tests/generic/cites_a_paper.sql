{# Fails with every row that is not taken from one of the papers in `paper_documents`. #}
{% test cites_a_paper(model, column_name) %}

select cited.*
from {{ model }} as cited
where not exists (
    select 1 from {{ ref('paper_documents') }} as papers
    where papers.source_doc = cited.{{ column_name }}
)

{% endtest %}
