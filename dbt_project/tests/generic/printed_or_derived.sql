{# Fails with every row whose figures are said to be neither printed in the paper nor worked out from it. #}
{% test printed_or_derived(model, column_name) %}

select *
from {{ model }}
where ({{ column_name }} in ('printed', 'derived')) is not true

{% endtest %}
